"""Two owners of one agreement that promises quarterly meetings, with a contact person each."""

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from portal.access import Role
from portal.meetings.series import Meeting
from tests import make
from tests.meeting import TEN

CONTACTS = [
    {"code": code, "side": side, "label_da": label, "label_en": label, "source": "Prøve"}
    for code, side, label in (
        ("fund_contact", "fund", "Daglig kontakt"),
        ("municipality_contact", "municipality", "Daglig kontakt"),
        ("municipality_board", "municipality", "Ledelse"),
    )
]


@pytest.fixture
def version(fund, municipality, adviser, contact):
    made = make.agreement(
        fund, municipality, contacts=CONTACTS, parameters={"meeting_cadence": "quarterly"}
    )
    make.contact(made, adviser, "fund_contact")
    make.contact(made, contact, "municipality_contact")
    return made


@pytest.fixture
def ulla(fund, client_of):
    return Side(client_of(make.user(fund, Role.AGREEMENT_OWNER, name="Ulla Ejer")))


@pytest.fixture
def birgit(municipality, client_of):
    return Side(client_of(make.user(municipality, Role.AGREEMENT_OWNER, name="Birgit Ejer")))


class Side:
    """One side's person in a browser without scripts, who presses the forms that are shown."""

    def __init__(self, client):
        self.client = client

    def read(self, address):
        answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return BeautifulSoup(answer.text, "html.parser")

    def post(self, address, status=303, **typed):
        answer = self.client.post(address, data=typed)
        assert answer.status_code == status, (address, answer.status_code, words(answer))
        return words(answer)

    def step(self, meeting, name, status=303, **typed):
        """As the meeting stands now, with a key of its own."""
        row = now(meeting)
        stamp = {"revision": row.revision, "form_key": f"{name} {row.revision}"}
        return self.post(f"/meetings/{row.id}/{name}", status, **stamp | typed)


def words(answer):
    return re.sub(r"\s+", " ", BeautifulSoup(answer.text, "html.parser").get_text(" "))


def now(row):
    """The row as it stands, whoever changed it."""
    make.records.expire_all()
    found = make.records.get_one(type(row), row.id)
    make.records.commit()
    return found


def meetings():
    make.records.expire_all()
    found = [*make.records.scalars(select(Meeting).order_by(Meeting.starts_at))]
    make.records.commit()
    return found


PLAN = {"kind": "status", "title": "Statusmøde", "starts": "9", "ends": "11", "place": "Rådhuset"}
DAY = date(2026, 11, 23)
assert TEN.date() == DAY
