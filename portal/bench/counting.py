"""How many statements a request sends: exact, the same on every machine and for every row count."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.bench.measured import Asker, Measured
from portal.bench.timing import LISTS
from portal.handovers.models import Handover, Party, State

# Source: performance.md, P6.
ALLOWED = {"list": 3, "package": 8, "start": 4, "standings": 4, "step": 12, "static": 0}


def statements(measured: Measured) -> dict[str, float]:
    """P6: how full the fullest allowance is; one or less is within all of them."""
    sender, receiver = measured.askers(Party.SENDER)[0], measured.askers(Party.RECEIVER)[0]
    pages = measured.own_pages(sender)
    found = {
        "list": max(count(measured, path, sender) for path in LISTS),
        "package": count(measured, pages["package"], sender),
        "start": max(count(measured, "/", each) for each in (sender, receiver)),
        "standings": count(measured, "/standings/", sender),
        "step": step(measured, receiver),
        "static": count(measured, "/static/portal.css", None),
    }
    figures = {f"P6_{name}": float(number) for name, number in found.items()}
    most = max(number / max(ALLOWED[name], 1) for name, number in found.items())
    return {"P6": most} | figures


def count(measured: Measured, path: str, asker: Asker | None) -> int:
    measured.ask(path, asker)  # what a process reads once a day, such as names, is no page's
    with measured.statements() as sent:
        status, _body = measured.ask(path, asker)
    if status != 200:
        raise RuntimeError(f"{path}: {status}")
    return len(sent)


def step(measured: Measured, receiver: Asker) -> int:
    """A package that waits for it is acknowledged, for good."""
    rows = select(Handover.id, Handover.version).where(
        Handover.receiver_id == receiver.actor.organisation_id, Handover.state == State.SENT
    )
    with Session(measured.worker) as session:
        found = session.execute(rows.order_by(Handover.id).limit(1)).one_or_none()
    if found is None:
        return 0
    form = {"version": str(found.version), "form_key": "measured"}
    path = f"/handovers/{found.id}/steps/acknowledge"
    with measured.statements() as sent:
        status, body = measured.ask(path, receiver, method="POST", data=form)
    if status != 303:
        raise RuntimeError(f"{path}: {status} {body}")
    return len(sent)
