"""Commands of `samspil`: each is one transaction of the worker, committed when it ends well."""

from typing import Any

from click import Command, Context
from flask.cli import AppGroup, ScriptInfo

from portal.db import db


class Transaction(Command):
    """A command of its own. One that exits with an error or raises leaves nothing behind."""

    def invoke(self, ctx: Context) -> Any:
        with ctx.ensure_object(ScriptInfo).load_app().app_context():
            result = super().invoke(ctx)
            db.session.commit()
            return result


class Commands(Transaction, AppGroup):
    """A feature's commands, each a transaction."""
