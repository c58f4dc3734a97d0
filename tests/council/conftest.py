"""The cast of projects: a jobcentre that leads, a fund, a union, a school and a council."""

from tests.projects.conftest import as_, cast, run_as

__all__ = ["as_", "cast", "run_as"]
