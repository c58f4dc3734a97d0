"""A mail about an agreement holds its reference and a link, nothing of what it says, no name."""

from datetime import timedelta

import pytest
from jinja2 import meta
from sqlalchemy import select, update

from portal.access import Role
from portal.agreements import negotiating, upkeep
from portal.agreements.models import Agreement, AgreementVersion
from portal.clock import Moment, now, today
from portal.db import db
from portal.mail import TEMPLATES, OutgoingMail, environment, rendered
from portal.organisations.models import User
from tests import make
from tests.agreements import table

OURS = sorted(file.stem for file in TEMPLATES.glob("agreement*.txt"))
MARK = "HEMMELIG"  # in every text that somebody writes on the way


@pytest.fixture
def anna(web, fund):
    return table.owner(web, fund, f"Anna {MARK}")


@pytest.fixture
def bo(web, municipality):
    return table.owner(web, municipality, f"Bo {MARK}")


@pytest.fixture
def mails(run_jobs):
    def written():
        run_jobs()
        found = [*make.records.scalars(select(OutgoingMail).order_by(OutgoingMail.created_at))]
        make.records.commit()
        return found

    return written


def at_night(worker, day=None):
    with worker.app_context():
        upkeep.remind(timestamp=0)
        upkeep.close(Moment(now(), day or today()))
        db.session.commit()


def subject_of(template):
    """What the subject says besides the reference."""
    subject, _body = rendered(template, reference="@", url="https://x", language="da")
    return subject.split("@")[0]


@pytest.mark.parametrize("name", OURS)
def test_a_template_asks_for_the_reference_and_the_link_alone(name):
    source = (TEMPLATES / f"{name}.txt").read_text("utf-8")
    assert meta.find_undeclared_variables(environment().parse(source)) <= {"reference", "url", "_"}


def test_no_mail_of_an_agreements_life_says_what_it_says(
    worker, web, anna, bo, fund, municipality, mails
):
    """From the first proposal to the notice, with a mark in everything that is written."""
    version_id = anna.begin(municipality, title=f"Aftale {MARK}")
    anna.step(version_id, "open")
    anna.propose(version_id, "purpose", text=f"Et formål {MARK}")
    anna.on(version_id, "purpose", negotiating.remark, text=MARK, only_own_side=False)
    table.to_signing(anna, bo, version_id)
    signed = {"authenticated_at": now(), "is_read": True}
    bo.step(version_id, "decline", reason=f"Nej {MARK}", **signed)
    bo.step(version_id, "settle")
    anna.step(version_id, "ask_to_sign")
    anna.step(version_id, "take_back", reason=f"Vent {MARK}")
    anna.step(version_id, "settle")
    anna.step(version_id, "ask_to_sign")
    waited = {"changed_at": make.days_ago(8)}
    changed(version_id, **waited)
    at_night(worker)  # somebody has not signed for a week
    at_night(worker, today() + timedelta(days=40))  # and never does
    anna.step(version_id, "abandon", reason=f"Vi giver op {MARK}")
    running = make.agreement(fund, municipality, notice_months=1)
    make.records.get_one(Agreement, running.agreement_id).title = f"Aftale {MARK}"
    left = make.user(fund, Role.ADVISER, name=f"Carl {MARK}", closed_at=now())
    make.contact(running, left, "fund_contact")
    anna.step(
        running.id,
        "terminate",
        last_day=today() + timedelta(days=31),
        reason=f"Slut {MARK}",
    )
    at_night(worker)
    written = mails()
    texts = [f"{one.subject}\n{one.body}" for one in written]
    assert len(texts) > 10
    for word in (MARK, fund.slug.title(), "Prøvebæk", "Lillekøbing", "formål"):
        assert not [text for text in texts if word.lower() in text.lower()], word
    told = {name for name in OURS for one in written if one.subject.startswith(subject_of(name))}
    assert told == {*OURS} - {"agreement_base"}
    assert MARK in make.records.get_one(User, anna.actor.user_id).name  # the mark is there to find


def changed(version_id, **values):
    rows = update(AgreementVersion).where(AgreementVersion.id == version_id)
    make.records.execute(rows.values(**values))
    make.records.commit()
