"""The straight road through a package, as its two parties walk it by their browsers."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.clock import add_working_days, today


def page(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def hidden(soup: BeautifulSoup) -> dict[str, str]:
    """The fields of the page's last form that nobody sees."""
    inputs = soup.select('main input[type="hidden"]')
    return {str(one["name"]): str(one.get("value", "")) for one in inputs}


@dataclass
class Road:
    sender: FlaskClient
    receiver: FlaskClient
    address: str = ""

    def start(self, case_id: Any, kind: str = "overgang") -> None:
        answer = self.sender.post(f"/handovers/new/{case_id}", data={"kind": kind})
        assert answer.status_code == 303, answer.text
        self.address = answer.location.removesuffix("/draft")

    def write(self, **values: Any) -> TestResponse:
        shown = hidden(page(self.sender.get(f"{self.address}/draft")))
        day = today().isoformat()
        told = {"informed_on": day, "informed_channel": "phone", "fund_attends": "yes"}
        return self.sender.post(f"{self.address}/draft", data=shown | told | values)

    def step(self, who: FlaskClient, name: str, **values: Any) -> TestResponse:
        """Open the step's page as its party does, fill it in, press."""
        url = f"{self.address}/steps/{name}"
        shown = who.get(url)
        assert shown.status_code == 200, (name, shown.status_code, status(shown))
        return who.post(url, data=hidden(page(shown)) | values)

    def take(self, who: FlaskClient, name: str, **values: Any) -> None:
        answer = self.step(who, name, **values)
        assert answer.status_code == 303, (name, errors(answer))

    def state(self, who: FlaskClient) -> str:
        return status(who.get(self.address))


def status(answer: TestResponse) -> str:
    mark = page(answer).select_one(".status-head .badge")
    return mark.text.strip() if mark else ""


def errors(answer: TestResponse) -> list[str]:
    return [
        re.sub(r"\s+", " ", one.text).strip()
        for one in page(answer).select('[data-module="error-summary"] li')
    ]


def in_working_days(n: int) -> date:
    return add_working_days(today(), n)


def meeting(**values: Any) -> dict[str, Any]:
    return {
        "day": in_working_days(6).isoformat(),
        "starts": "10:00",
        "ends": "11:00",
        "place": "Rådhuset, lokale 2",
        "fund_attends": "yes",
        "reason_code": "practical",  # asked of who moves it
    } | values


def slots(number: int = 2) -> dict[str, Any]:
    """From ten to eleven on so many working days one after the other."""
    rows: dict[str, Any] = {}
    for place in range(number):
        rows |= {f"days-{place}": in_working_days(6 + place).isoformat()}
        rows |= {f"starts-{place}": "10:00", f"ends-{place}": "11:00"}
    return rows


def minutes(goals: int = 1, **values: Any) -> dict[str, Any]:
    outcomes = {f"outcomes-{position}": "continued" for position in range(goals)}
    reasons = {f"reasons-{position}": "" for position in range(goals)}
    next_on = (today() + timedelta(days=14)).isoformat()
    return {
        "text": "Vi gik planen igennem.",
        "next_contact_on": next_on,
        **outcomes,
        **reasons,
    } | values
