"""What a package may be taken back for: a transfer by law only where the duty is gone."""

from typing import Any

import pytest

from portal.handovers import words
from portal.handovers.models import Kind, State
from tests import make
from tests.handovers import road as steps

BY_LAW = {"job", "moved", "no_duty", "mistake"}
BY_CRITERIA = {"job", "moved", "no_longer_needed", "mistake", "other"}


@pytest.fixture
def sent(case: Any, sender: Any, receiver: Any, fund: Any, municipality: Any) -> Any:
    def package(kind: Kind) -> steps.Road:
        version = make.agreement(fund, municipality)
        agreed = {"agreement_version_id": version.id} if kind == Kind.VISITATION else {}
        made = make.handover(case, State.SENT, **agreed)
        return steps.Road(sender, receiver, f"/handovers/{made.id}")

    return package


@pytest.mark.parametrize(
    ("kind", "reasons"), [(Kind.OVERGANG, BY_LAW), (Kind.VISITATION, BY_CRITERIA)]
)
def test_each_kind_offers_and_takes_its_own_reasons(kind, reasons, sent, sender):
    road = sent(kind)
    page = steps.page(sender.get(f"{road.address}/steps/withdraw"))
    assert {str(one["value"]) for one in page.select("[name=reason_code]")} == reasons
    assert ("kun trækkes tilbage, når ansvaret" in page.text) == (kind == Kind.OVERGANG)
    assert ("når årsagen er »Andet«" in page.text) == ("other" in reasons)
    for code in sorted(words.WITHDRAWAL_REASONS.keys() - reasons):
        forged = road.step(sender, "withdraw", reason_code=code, reason="Vi har ombestemt os")
        assert forged.status_code == 422
        assert road.state(sender) == "Sendt – afventer kvittering"
    if "other" in reasons:
        answer = road.step(sender, "withdraw", reason_code="other", reason=" ")
        assert steps.errors(answer) == ["Skriv årsagen, så den anden part forstår den."]
    road.take(sender, "withdraw", reason_code=min(reasons - {"other"}), reason="")
    assert road.state(sender) == "Trukket tilbage"
