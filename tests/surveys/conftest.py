"""A survey's cast, and what the worker does for it on a day."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask

from portal.access import Role
from portal.clock import Moment, now, today
from portal.db import db
from portal.organisations.models import Organisation, User
from portal.surveys import upkeep
from portal.surveys.models import Survey
from tests import mailserver, make
from tests.mailserver import Mailbox
from tests.surveys.looking import DAY


@pytest.fixture
def lead(fund: Organisation) -> User:
    return make.user(fund, Role.TEAM_LEAD, name="Torben Eksempel")


@pytest.fixture
def mailbox(app: Flask, worker: Flask, settings) -> Iterator[Mailbox]:
    with mailserver.running() as server:
        to_it = replace(settings, mail_host="127.0.0.1", mail_port=server.port)
        worker.extensions["samspil"] = to_it
        yield server
        worker.extensions["samspil"] = settings


@pytest.fixture
def as_worker(app: Flask, worker: Flask) -> Callable[..., Any]:
    def do(what: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        with worker.app_context():
            done = what(*arguments, **named)
            db.session.commit()
        return done

    return do


@pytest.fixture
def write(as_worker) -> Callable[..., None]:
    """The mails of a survey that are due on a day, as the worker queues them."""

    def queue(survey: Survey, day: date | None = None) -> None:
        as_worker(upkeep.write_some, survey.id, Moment(now(), day or today()))
        make.fresh(survey)

    return queue


@pytest.fixture
def end(as_worker) -> Callable[[Survey], None]:
    """Its last day was yesterday, and the night has come."""

    def close(survey: Survey) -> None:
        make.fresh(survey)
        survey.opens_on, survey.closes_on = today() - 9 * DAY, today() - DAY
        make.records.commit()
        as_worker(upkeep.close_ended, today())
        make.fresh(survey)

    return close
