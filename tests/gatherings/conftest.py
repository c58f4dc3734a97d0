"""The cast of projects: a jobcentre that leads, a fund, a union, a school and a council."""

from tests.projects.conftest import as_, cast, led

__all__ = ["as_", "cast", "led"]
