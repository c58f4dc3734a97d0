"""Commands of `samspil`: each is one transaction of the worker, committed when it ends well."""

from collections.abc import Sequence
from typing import Any

from click import ClickException, Command, Context, echo
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


def prove(wrong: Sequence[tuple[str, Any]]) -> None:
    """Say each place where what was counted ahead is `told` otherwise than `counted` anew.

    Raises ClickException if there is any.
    """
    for place, one in wrong:
        echo(f"{place}: {one.told} in the tally, {one.counted} counted")
    if wrong:
        raise ClickException(f"{len(wrong)} numbers are not what is counted now.")
    echo("The tally is as counted now.")
