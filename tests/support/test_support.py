"""Support reads one package for a while, as one of its parties has granted, and takes no step."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from portal.access import OrganisationKind, Role
from portal.clock import now, today
from portal.db import db
from portal.handovers.files import FileState
from portal.handovers.models import State
from portal.handovers.parts import HandoverContent
from portal.support.models import SupportGrant
from tests import beside, make
from tests.handovers.road import errors, page

WANTED = {"reason": "Vi kan ikke kvittere", "hours": "4"}


@pytest.fixture
def case(fund, municipality, adviser):
    return make.member_case(fund, municipality, name="Karl Prøvesen", adviser_id=adviser.id)


@pytest.fixture
def sent(case, fund):
    made = make.handover(case, State.SENT, member_name="Karl Prøvesen")
    beside.file(made, fund, name="Karls cv.pdf", state=FileState.CLEAN, position=1)
    return made


@pytest.fixture
def platform():
    return make.organisation("Drift", OrganisationKind.PLATFORM)


@pytest.fixture
def operator(platform):
    return make.user(platform, Role.OPERATOR, name="Oda Drift")


@pytest.fixture
def administrator(fund):
    return make.user(fund, Role.LOCAL_ADMINISTRATOR, name="Bent Lokal")


@pytest.fixture
def granted(administrator, client_of, sent):
    """By the local administrator's own browser; the address at which support reads it."""

    def press(**values):
        told = WANTED | {"reference": sent.reference.lower()} | values
        return client_of(administrator).post("/support/", data=told)

    return press


def address() -> str:
    [made] = make.records.scalars(select(SupportGrant)).all()
    make.records.commit()
    return f"/support/packages/{made.id}"


def test_support_reads_what_was_granted_and_only_as_long(
    sent, granted, operator, administrator, sender, fund, client_of
):
    """Support access: reads only, logged, takes no step."""
    support, admin = client_of(operator), client_of(administrator)
    assert "Ingen har givet dig adgang" in support.get("/support/packages").text
    assert granted().status_code == 303
    assert sent.reference in support.get("/support/packages").text
    shown = support.get(address())
    assert shown.status_code == 200
    assert "Sendt – afventer kvittering" in shown.text
    for hidden in ("Karl", "cv.pdf", "Mette"):
        assert hidden not in shown.text, hidden

    # Whoever granted it, who works with the package and the citizen are told.
    assert "Oda Drift" in admin.get("/support/").text
    assert "Vist for support" in sender.get(f"/handovers/{sent.id}").text
    auditor = client_of(make.user(fund, Role.AUDITOR))
    asked = {"whom": sent.reference, "purpose": "Borgeren har bedt om det"}
    looks = page(auditor.post("/lookups/", data=asked)).select("tbody")[0].text
    assert "Drift" in looks
    assert "Hjælp fra driften af Samspil" in looks
    assert "Oda" not in looks

    # No step, no number, no file, no export: there is no such page for the operator.
    for path in ("", "/steps/withdraw", "/files", "/package.pdf", "/filing.zip", "/transfer"):
        assert support.get(f"/handovers/{sent.id}{path}").status_code in {403, 404}, path
    for path in ("/cpr", "/messages", "/steps/acknowledge"):
        assert support.post(f"/handovers/{sent.id}{path}").status_code in {403, 404}, path
    assert client_of(administrator).get(address()).status_code == 403

    [row] = page(admin.get("/support/")).select("main tbody tr")
    end = str(row.select("form")[0]["action"])
    assert admin.post(end).status_code == 303
    assert support.get(address()).status_code == 404
    assert admin.post(end).status_code == 409
    assert sent.reference not in support.get("/support/packages").text


@pytest.fixture
def sender(adviser, client_of):
    return client_of(adviser)


def test_what_was_sent_is_shown_where_that_was_granted_and_never_the_number(
    sent, granted, operator, client_of
):
    own = {"handover_id": sent.id, "organisation_id": sent.sender_id}
    member = {"name": "Karl Prøvesen", "cpr": "620588-xxxx"}
    talk = {"day": "2026-09-01", "kind": "first", "form": "phone", "outcome": "held"}
    frozen: dict[str, Any] = {
        "job_goals": ["Industritekniker"],
        "assessment": None,
        "member": member,
    }
    frozen |= {"talks": [talk | {"reason": None}]}
    signed = {"hash": "0" * 64, "frozen_by": "Mette"}
    make.saved(HandoverContent(number=2, content=frozen, **signed, **own))
    granted(with_content="y")
    shown = client_of(operator).get(address()).text
    assert "Industritekniker" in shown
    assert "Første samtale" in shown
    assert "Karl Prøvesen" in shown
    assert "620588" not in shown
    assert "Vises ikke for support" in shown
    assert "Prøvebæk A-kasse kan se det" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"reference": "OP-XXXX-XXXX"}, "I har ingen pakke med den reference"),
        ({"reason": " "}, "Skriv, hvad support skal hjælpe med."),
        ({"reason": "Det er 620588-1234"}, "Skriv ikke CPR-numre her."),
        ({"hours": "48"}, "Vælg en af mulighederne."),
    ],
)
def test_what_lacks_is_said_at_its_field(values, words, granted):
    answer = granted(**values)
    assert answer.status_code == 422
    assert any(words in one for one in errors(answer))


def test_nothing_restricted_is_granted_and_what_is_restricted_since_is_gone(
    sent, granted, operator, adviser, case, client_of
):
    assert granted().status_code == 303
    support = client_of(operator)
    assert support.get(address()).status_code == 200
    beside.restricted_case(case, adviser)
    assert support.get(address()).status_code == 404
    assert granted().status_code == 422


# --- In plain SQL ---


def number(seen_by: Any, user: Any, organisation: Any, statement: str, **given: Any) -> int:
    with seen_by(organisation):
        setting = text("select set_config('samspil.person', :id, true)")
        db.session.execute(setting, {"id": str(user.id)})
        known = {name: value for name, value in given.items() if f":{name}" in statement}
        found: Any = db.session.execute(text(statement), known)
        return int(found.rowcount)


READ = "select from support_package(:grant)"
GRANT = (
    "insert into support_grant (id, handover_id, organisation_id, reference, reason, with_content,"
    " granted_by, granted_at, ends_at) values (gen_random_uuid(), :package, :me, 'x', 'x', true,"
    " 'x', now(), now() + interval '72 hours')"
)


def test_a_grant_is_its_own_and_ends_by_itself(
    sent, case, fund, municipality, platform, outsider, operator, administrator, adviser, seen_by
):
    """Beside the control: the operator of the platform, while it runs."""
    past = {"granted_at": now() - timedelta(hours=2)}
    runs, over = beside.support(sent, fund), beside.support(sent, fund, **past)
    asked = {"grant": runs.id, "package": sent.id}
    assert number(seen_by, operator, platform, READ, **asked) == 1
    assert number(seen_by, operator, platform, READ, grant=over.id) == 0
    assert number(seen_by, operator, fund, READ, **asked) == 0
    assert number(seen_by, administrator, platform, READ, **asked) == 0
    former = make.user(platform, Role.OPERATOR)
    make.records.execute(text("set local role samspil_keeper"))
    end = text("update membership set valid_until = :day where user_id = :who")
    make.records.execute(end, {"day": today() - timedelta(days=1), "who": former.id})
    make.records.commit()
    assert number(seen_by, former, platform, READ, **asked) == 0

    # It opens no table, and nothing can be hung on the package.
    for table in ("handover", "handover_party", "handover_content", "handover_file", "member_case"):
        assert number(seen_by, operator, platform, f"select from {table}") == 0
    note = (
        "insert into handover_message (id, handover_id, organisation_id, person, text, at)"
        " values (gen_random_uuid(), :package, :me, 'x', 'x', now())"
    )
    with pytest.raises((ProgrammingError, IntegrityError)):
        number(seen_by, operator, platform, note, me=platform.id, **asked)

    # Only an administrator of a party grants, and nobody makes it longer.
    assert number(seen_by, administrator, fund, GRANT, me=fund.id, **asked) == 1
    stranger = make.user(outsider, Role.LOCAL_ADMINISTRATOR)
    for who, body in ((adviser, fund), (operator, platform), (stranger, outsider)):
        with pytest.raises(ProgrammingError, match="InsufficientPrivilege|row-level"):
            number(seen_by, who, body, GRANT, me=body.id, **asked)
    longer = "update support_grant set ends_at = ends_at + interval '1 day'"
    with pytest.raises(ProgrammingError):
        number(seen_by, administrator, fund, longer)
    with pytest.raises(IntegrityError):
        number(seen_by, administrator, fund, GRANT.replace("72", "73"), me=fund.id, **asked)
    ended = "update support_grant set ended_at = now(), ended_by = 'x'"
    assert number(seen_by, adviser, fund, ended) == 0
    assert number(seen_by, operator, platform, ended) == 0
