"""Every route, every role: the answer is written down here and nowhere else.

The first test makes the matrix complete, the others make it true: by request, not by source text.
What another organisation meets, and what is posted without its token, is asked of every route too.
"""

import re
import uuid
from collections.abc import Callable, Iterator, Set
from datetime import timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal import keys
from portal.access import POSSIBLE_ROLES, OrganisationKind, Role
from portal.agreements.models import State as AgreementState
from portal.agreements.parts import AgreementSignatory
from portal.cases.models import Talk, TalkOutcome
from portal.clock import now
from portal.handovers.files import FileState
from portal.organisations.models import Absence, Organisation, User
from portal.settings import load
from portal.web import check_every_route_states_its_access
from tests import area, beside, make, meeting, rows_of_projects, world
from tests.conftest import HTMX
from tests.matrix import EVERYONE, GUARDED, MATRIX, WHOEVER_IS_SIGNED_IN
from tests.world import DAY, World

FUND_KIND = OrganisationKind.UNEMPLOYMENT_FUND
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
# Named in the form or in the address, where others have it in the path.
ASKED: dict[str, Callable[[World], dict[str, Any]]] = {
    "cases.move": lambda made: {"case": made.case.id},
    "amendments.new": lambda made: {"path": "parameters.decide_days"},
}
# A row of its own for each request.
ROWS: dict[str, Callable[[World], dict[str, Any]]] = {
    **dict.fromkeys(
        ("goal_values.new", "goal_values.show", "goal_values.write", "goal_values.step"),
        lambda made: {
            **{"set_key": "law", "code": "two_talks", "step": "submit"},
            "value_id": beside.goal_value(made.agreement, made.fund).id,
        },
    ),
    **dict.fromkeys(("case_access.name", "case_access.lift"), lambda made: {"case_id": kept(made)}),
    **dict.fromkeys(
        ("support.end", "support.show"),
        lambda made: {"grant_id": beside.support(made.sent, made.fund).id},
    ),
    "goals.undo": lambda made: {"entry_id": beside.goal_entry(made.adviser).id},
    "calendar.revoke_of": lambda made: {"user_id": make.user(made.fund, Role.ADVISER).id},
    "life.undo": lambda made: {"event_id": make.saved(world.illness(made.case)).id},
}
ROWS |= rows_of_projects.ROWS
A_SURVEY = {name for name in MATRIX if name.startswith("surveys.")}
ROWS |= dict.fromkeys(A_SURVEY, lambda made: {"survey_id": beside.survey(made.fund).id})
ROWS |= dict.fromkeys((one for one in MATRIX if one.startswith("council_")), area.of_route)
FILE = "Navn;Kommune;Dagpengeperiode fra\nPrøve Prøvesen;Lillekøbing Kommune;16-11-2026\n"


def kept(made: World) -> uuid.UUID:
    case = make.member_case(made.fund, made.municipality)
    return beside.restricted_case(case, made.adviser).case_id


def sealed(person: User) -> dict[str, str]:
    ring = keys.of(load())
    return {"sealed": ring.seal(FILE, table="file", column="members", row_id=person.id)}


# Without these the request is a bad one, whoever sends it.
FILLED: dict[str, Callable[[User], dict[str, str]]] = {
    "bulk.choose": lambda person: {"doing": "remind"},
    "handovers.new": lambda person: {"kind": "overgang"},
    "cases.take_file": sealed,
}


@pytest.fixture(scope="module")
def made(database: Engine) -> Iterator[World]:
    make.clean()
    yield world.build()
    make.clean()


@pytest.fixture(scope="module")
def homes(made: World) -> dict[OrganisationKind, Organisation]:
    """An organisation of each kind: those of the world where it has one."""
    others = set(OrganisationKind) - {FUND_KIND, OrganisationKind.MUNICIPALITY}
    known = {FUND_KIND: made.fund, OrganisationKind.MUNICIPALITY: made.municipality}
    return known | {kind: make.organisation(kind=kind) for kind in sorted(others)}


@pytest.fixture(scope="module")
def persons(
    homes: dict[OrganisationKind, Organisation],
) -> dict[tuple[OrganisationKind, Role], User]:
    """One person for each role of each kind of organisation."""
    return {
        (kind, role): make.user(homes[kind], role)
        for kind, roles in POSSIBLE_ROLES.items()
        for role in sorted(roles)
    }


@pytest.fixture(scope="module")
def nobody(made: World) -> User:
    return make.user(made.fund)


@pytest.fixture(scope="module")
def everybody(made: World) -> Callable[[Organisation], User]:
    """Somebody who may do all that anybody of the organisation may: the same one each time."""
    return cache(lambda home: make.user(home, *make.every_role(home)))


def ways(web: Flask, endpoint: str, wanted: Set[str] = frozenset()) -> list[tuple[Rule, str]]:
    """Every address and method of a route, of those wanted where some are named."""
    return [
        (rule, method)
        for rule in web.url_map.iter_rules(endpoint)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if method in (wanted or {method})
    ]


def values(endpoint: str, made: World) -> dict[str, Any]:
    """What stands in the addresses: rows of the fund and its partner, some used up by one test."""
    known: dict[str, Any] = world.ids(made) | {
        "kind": "members" if "file" in endpoint else "talks",
        "step": "cancel-meeting",
        "role": Role.ADVISER.value,
        "slug": made.fund.slug,
        "code": "da",
        "token": "never",
        "name": "privacy",
        "filename": "portal.css",
    }
    if endpoint.startswith(("negotiations.", "signing.", "consequences.", "exchange.")):
        known |= {"version_id": made.negotiated.id, "key": "own-1", "step": "settle"}
        person = {"user_id": make.user(made.fund).id, "name": "P", "title": "T", "authority": "A"}
        own = {"organisation_id": made.fund.id, **person}
        one = make.of_version(made.negotiated, AgreementSignatory, **own)
        known["signatory_id"] = one.id
    if "amendments." in endpoint:
        known |= {"amendment_id": amendment(endpoint, made), "answer": "accept"}
    if endpoint.startswith("contacts.") or endpoint == "consequences.terminate":
        known |= {"version_id": made.agreement.id, "code": "fund_contact"}
    if endpoint.startswith("bulk."):
        known["batch_id"] = make.saved(world.chosen(made.sent, made.fund.id)).batch_id
    if endpoint == "negotiations.delete":
        draft = make.under_way(made.fund, made.municipality, AgreementState.DRAFT)
        known["version_id"] = draft.id
    if endpoint.startswith(("administration.", "departures.", "calendar.revoke_of")):
        known["user_id"] = make.user(made.fund, Role.ADVISER).id
        known["unit_id"] = make.unit(made.fund).id
    if endpoint.startswith("absences."):
        away = {"user_id": made.adviser.id, "first_day": DAY, "last_day": DAY}
        known["absence_id"] = make.saved(Absence(organisation_id=made.fund.id, **away)).id
    if endpoint.startswith(
        ("handovers.draft", "handovers.delete", "handover_files.", "restricted.")
    ):
        known |= of_draft(made, is_restricted=endpoint in {"restricted.name", "restricted.lift"})
    if endpoint in {"cases.part", "cases.remove_part"}:
        held = {"kind": "first", "form": "in_person", "outcome": TalkOutcome.HELD}
        known["row_id"] = make.of_case(made.case, Talk, day=DAY, **held).id
    return known | more(endpoint, made)


def more(endpoint: str, made: World) -> dict[str, Any]:
    """Rows of its own for each request."""
    if endpoint.startswith(("status_meetings.", "meeting_")):
        return meeting.of_route(endpoint, made.agreement, made.fund)
    return ROWS.get(endpoint, no_query)(made)


def of_draft(made: World, *, is_restricted: bool) -> dict[str, Any]:
    """A draft of its own, with a file that may be fetched and removed."""
    package = make.handover(make.member_case(made.fund, made.municipality))
    if is_restricted:
        beside.restricted(package, made.adviser)
    enclosed = beside.file(package, made.fund, state=FileState.CLEAN, person_id=made.adviser.id)
    return {"handover_id": package.id, "file_id": enclosed.id}


def amendment(endpoint: str, made: World) -> uuid.UUID:
    """What the municipality has asked for in the agreement, or corrected in the package."""
    if endpoint == "handover_amendments.seen":
        return beside.correction(made.sent, made.municipality).id
    path = f"sections.{uuid.uuid4().hex}.text"
    words = {"path": path, "old": "Før", "new": "Efter"}
    return make.amendment(made.agreement, made.municipality, **words).id


def ask(
    web: Flask,
    client: FlaskClient,
    rule: Rule,
    method: str,
    known: dict[str, Any],
    query: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
    data: dict[str, str] | None = None,
) -> TestResponse:
    arguments = {name: known[name] for name in rule.arguments if name in known}
    with web.test_request_context():
        url = rule.build({**arguments, **(rule.defaults or {})})
    address = url[1] if url else ""
    how: dict[str, Any] = {"query_string": query, "data": data, "headers": headers}
    return client.open(address, method=method, buffered=True, **how)


def no_query(made: World) -> dict[str, Any]:
    return {}


def no_data(person: User) -> dict[str, str]:
    return {}


def test_the_matrix_names_every_route(web):
    assert {rule.endpoint for rule in web.url_map.iter_rules()} == MATRIX.keys()


def test_a_route_that_states_no_access_stops_the_app():
    app = Flask("forgetful", static_folder=None)
    check_every_route_states_its_access(app)
    app.add_url_rule("/open-door", view_func=lambda: "")
    with pytest.raises(RuntimeError, match="Routes without"):
        check_every_route_states_its_access(app)


@pytest.mark.parametrize("endpoint", GUARDED)
def test_role_on_route(endpoint, web, made, persons, client_of):
    allowed = MATRIX[endpoint] or set()
    expected = {who for who in persons if who[1] in allowed}
    for rule, method in ways(web, endpoint):
        known = values(endpoint, made)
        clients = {who: client_of(person) for who, person in persons.items()}
        answers = {who: ask(web, client, rule, method, known) for who, client in clients.items()}
        assert {who for who, answer in answers.items() if answer.status_code != 403} == expected
        assert not [answer for answer in answers.values() if answer.status_code in {302, 401, 500}
                    and "/login" in answer.headers.get("Location", "")]  # fmt: skip


@pytest.mark.parametrize("endpoint", GUARDED)
def test_whoever_has_no_role_sees_no_data(endpoint, web, made, nobody, persons, client_of):
    """A role that the level of the sign-in does not carry counts as none (B2)."""
    weak = persons[FUND_KIND, Role.TEAM_LEAD]
    known = values(endpoint, made)
    for rule, method in ways(web, endpoint):
        low = client_of(weak, level="Low")
        statuses = {
            ask(web, one, rule, method, known).status_code for one in (client_of(nobody), low)
        }
        assert statuses <= ({403} if MATRIX[endpoint] != WHOEVER_IS_SIGNED_IN else {200, 302, 303})


@pytest.mark.parametrize("endpoint", MATRIX)
def test_without_a_session_only_what_is_open_answers(endpoint, web, made, client_of):
    """Everything else sends to the sign-in; htmx, which cannot follow, is told to go there.

    Who never signed in has no token to post; a session that is over still sends its own.
    """
    over = client_of(made.adviser, expires_at=now() - timedelta(minutes=1))
    known = values(endpoint, made)
    for rule, method in ways(web, endpoint):
        if MATRIX[endpoint] is EVERYONE:
            answer = ask(web, over, rule, method, known)
            assert not (answer.location or "").startswith("/login"), method
            assert answer.status_code != 401
            continue
        plain, fragment = (
            ask(web, over, rule, method, known, headers=headers) for headers in ({}, HTMX)
        )
        assert plain.status_code == (302 if method == "GET" else 303)
        assert urlsplit(plain.location).path == "/login"
        assert (fragment.status_code, fragment.text) == (401, "")
        assert urlsplit(fragment.headers["HX-Redirect"]).path == "/login"
        nobody = ask(web, web.test_client(), rule, method, known)
        token_first = endpoint not in {"handover_files.add", "project_documents.add"}  # large
        assert nobody.status_code == (302 if method == "GET" else 400 if token_first else 303)


def test_who_posts_without_a_token(web):
    """A program, with a token that its provider signed; and whoever has a file hashed."""
    exempt = {"portal.identity.views.backchannel", "portal.agreements.views.verify"}
    files = "handovers.file_views", "projects.document_views"
    exempt |= {f"portal.{views}.add" for views in files}  # asked for by the view itself, see below
    exempt |= {"portal.surveys.answer_views.answer"}  # the address is the secret, no cookie
    assert web.extensions["csrf"]._exempt_views == exempt


@pytest.mark.parametrize(
    "endpoint",
    sorted(MATRIX.keys() - {"identity.backchannel", "agreements.verify", "survey_answers.answer"}),
)
def test_what_changes_something_needs_the_token_of_its_form(
    endpoint, web, made, everybody, persons, client_of
):
    person = everybody(made.fund)
    client, other = client_of(person), client_of(persons[FUND_KIND, Role.ADVISER])
    token, theirs = (one.environ_base["HTTP_X_CSRFTOKEN"] for one in (client, other))
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    for rule, method in ways(web, endpoint, UNSAFE):
        known, data = values(endpoint, made), FILLED.get(endpoint, no_data)(person)
        for wrong in ("", "x", theirs):
            client.environ_base["HTTP_X_CSRFTOKEN"] = wrong
            assert ask(web, client, rule, method, known, data=data).status_code == 400, wrong
        client.environ_base["HTTP_X_CSRFTOKEN"] = token
        foreign = ask(web, client, rule, method, known, data=data, headers=elsewhere)
        assert foreign.status_code == 400
        assert ask(web, client, rule, method, known, data=data).status_code != 400


def of_rows(rule: Rule) -> bool:
    return "uuid:" in rule.rule or rule.endpoint in ASKED


@pytest.fixture(scope="module")
def strangers(made: World) -> list[User]:
    """Everything that another fund and another municipality may do, so that only rows refuse."""
    fund = make.fund("Nabobæk A-kasse")
    return [make.user(one, *make.every_role(one)) for one in (fund, made.outsider)]


def shape(answer: Any) -> tuple[int, str, str]:
    """An answer without what differs from one request to the next."""
    body = re.sub(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "…", answer.text)
    body = re.sub(r"[\w-]+\.[\w-]{6}\.[\w-]{27}", "…", body)  # signed with the time
    return answer.status_code, answer.headers.get("Location", ""), body


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
@pytest.mark.parametrize("endpoint", GUARDED)
def test_another_organisations_row_is_like_one_that_does_not_exist(
    endpoint, headers, web, made, strangers, client_of
):
    ways_in = [way for way in ways(web, endpoint) if of_rows(way[0])]
    for rule, method in ways_in:
        known, asked = values(endpoint, made), ASKED.get(endpoint, no_query)(made)
        nowhere = {name: uuid.uuid4() for name in known if name.endswith("_id")}
        for stranger in strangers:
            if not may(stranger, endpoint):
                continue
            client = client_of(stranger)
            how = {"headers": headers, "data": FILLED.get(endpoint, no_data)(stranger)}
            theirs = ask(web, client, rule, method, known, query=asked, **how)
            unknown = dict.fromkeys(asked, uuid.uuid4())
            nothing = ask(web, client, rule, method, known | nowhere, query=unknown, **how)
            assert theirs.status_code == 404, (method, stranger)
            assert shape(theirs) == shape(nothing), method


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "fragment"])
@pytest.mark.parametrize("endpoint", GUARDED)
def test_its_own_organisation_finds_the_row(
    endpoint, headers, web, made, homes, everybody, client_of
):
    """The control of the test above: the same requests by those whose rows they are."""
    person = everybody(homes[at_home(endpoint)])
    asked, data = ASKED.get(endpoint, no_query)(made), FILLED.get(endpoint, no_data)(person)
    for rule, method in ways(web, endpoint):
        known = values(endpoint, made)
        how = {"query": asked, "data": data, "headers": headers}
        answer = ask(web, client_of(person), rule, method, known, **how)
        assert answer.status_code not in {403, 404}, method


def at_home(endpoint: str) -> OrganisationKind:
    """Whose business the route is; the fund's where it is several kinds'."""
    if endpoint == "handovers.called_in":
        return OrganisationKind.MUNICIPALITY
    roles = MATRIX[endpoint] or set()
    kinds = [kind for kind, possible in POSSIBLE_ROLES.items() if possible & roles]
    return FUND_KIND if FUND_KIND in kinds else kinds[0]


def may(person: User, endpoint: str) -> bool:
    kind = make.records.get_one(Organisation, person.organisation_id).kind
    return bool(POSSIBLE_ROLES[kind] & (MATRIX[endpoint] or set()))
