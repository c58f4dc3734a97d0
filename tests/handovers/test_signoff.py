"""Four eyes: another leader than the author looks, and the receiver never learns of it."""

import pytest

from portal.access import Role
from portal.clock import today
from tests import make
from tests.handovers import road as steps
from tests.handovers.road import Road
from tests.handovers.test_notices import mails, worker  # noqa: F401  (fixtures)


@pytest.fixture
def leader(fund):
    return make.user(fund, Role.TEAM_LEAD, name="Torben Leder", email="torben@fund.example")


@pytest.fixture
def road(sender, receiver, case, fund, municipality, leader):
    make.agreement(fund, municipality, parameters={"four_eyes": True})
    made = Road(sender, receiver)
    made.start(case.id)
    made.write()
    return made


def test_a_leader_gets_it_sends_it_back_and_then_on(
    road,
    sender,
    receiver,
    leader,
    client_of,
    mails,  # noqa: F811
):
    torben = client_of(leader)
    assert "Send til godkendelse" in sender.get(road.address).text
    road.take(sender, "submit-for-signoff", person_id=str(leader.id))
    assert road.state(sender) == "Til intern godkendelse"
    assert receiver.get(road.address).status_code == 404
    assert "Til intern godkendelse" in torben.get("/handovers/").text  # among what is theirs
    assert [(one.recipient, "godkendelse" in one.subject) for one in mails()] == [
        ("torben@fund.example", True)
    ]
    assert sender.get(f"{road.address}/draft").status_code == 302  # nobody writes in it now

    road.take(torben, "return-to-draft", comment="Resuméet er for kort")
    assert road.state(sender) == "Kladde"
    assert "Resuméet er for kort" in sender.get(road.address).text

    road.take(sender, "submit-for-signoff", person_id=str(leader.id))
    answer = road.step(sender, "send")
    assert "bed en teamleder" in " ".join(steps.errors(answer))
    road.take(torben, "send")

    assert road.state(receiver) == "Ny"
    seen, own = receiver.get(road.address).text, sender.get(road.address).text
    assert "intern godkendelse" in own
    for hidden in ("intern godkendelse", "Resuméet er for kort", "tilbage til kladden"):
        assert hidden not in seen


def test_the_author_does_not_approve(road, adviser, sender, leader):
    offered = steps.page(sender.get(f"{road.address}/steps/submit-for-signoff"))
    values = [one["value"] for one in offered.select("select[name=person_id] option")]
    assert values == ["", str(leader.id)]


def test_nor_by_giving_it_to_a_colleague_first(
    road, sender, receiver, leader, adviser, client_of, case
):
    torben, other = client_of(leader), Road(client_of(leader), receiver)
    road.take(sender, "obsolete", reason_code="job", day=today().isoformat(), source="Selv")
    other.start(case.id)
    other.write()
    other.take(torben, "move-case", person_id=str(adviser.id))
    answer = other.step(torben, "send")
    assert "en anden teamleder end dig selv" in " ".join(steps.errors(answer))


def test_where_the_agreement_does_not_ask_for_it_nobody_is_asked(sender, receiver, case, leader):
    made = Road(sender, receiver)
    made.start(case.id)
    made.write()
    assert "Send til godkendelse" not in sender.get(made.address).text
    answer = made.step(sender, "submit-for-signoff", person_id=str(leader.id))
    assert "kræver ikke intern godkendelse" in " ".join(steps.errors(answer))
