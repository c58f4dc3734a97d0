"""Migrations say what the models say, in both directions."""

from alembic import command
from alembic.config import Config

from tests.conftest import ROOT


def test_models_and_migrations_agree(database):
    command.check(Config(toml_file=ROOT / "pyproject.toml"))
