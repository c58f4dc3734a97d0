"""Commands of `samspil`: each is one transaction of the worker, committed when it ends well."""

from typing import Any

from click import Context
from flask.cli import AppGroup, ScriptInfo

from portal.db import db


class Commands(AppGroup):
    """A feature's commands. One that exits with an error or raises leaves nothing behind."""

    def invoke(self, ctx: Context) -> Any:
        with ctx.ensure_object(ScriptInfo).load_app().app_context():
            result = super().invoke(ctx)
            db.session.commit()
            return result
