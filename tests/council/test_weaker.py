"""The control of the attack: layers that tell a little more, and are found out."""

from dataclasses import asdict

import pytest

from portal.clock import ONE_DAY
from portal.goals import publishing
from portal.suppression import Share, block
from tests.council import published
from tests.council.published import DAY, QUARTERS
from tests.council.test_attack import ALL, attack, seen_by


@pytest.mark.parametrize(
    "way",
    [
        lambda of, yes, day: Share(of, yes, yes) if of >= 10 else None,
        lambda of, yes, day: Share(of, yes, yes) if of and yes >= 5 else Share(of, 0, min(4, of)),
    ],
    ids=["the rest is told", "quarter for quarter"],
)
def test_the_attacker_finds_what_a_weaker_layer_tells(way, app, worker, monkeypatch):
    monkeypatch.setattr(publishing, "block", way)
    region = published.region()
    published.publish(worker)
    assert attack(region, seen_by(region.council.id, "report", ALL))


def test_parts_and_their_sum_are_too_much(app, worker):
    """Told in parts, or as a whole: either is safe, both together are found out."""
    region = published.region()
    published.publish(worker)
    told = seen_by(region.council.id, "report", ALL)
    assert attack(region, told) == []
    found = attack(region, told + [*wholes(region)])
    assert {code for (code, _part), *_rest in found} == {published.PARTED}


def wholes(region):
    """Of all parts together, in blocks of their own."""
    for one in region.municipalities:
        first, of, yes = QUARTERS[0].first, 0, 0
        counted = region.counted[one.id, published.PARTED, ""]
        for quarter, (people, holds) in zip(QUARTERS, counted, strict=True):
            of, yes = of + people, yes + holds
            if share := block(of, yes, DAY):
                named = {"municipality_id": one.id, "code": published.PARTED, "cell": ""}
                days = {"first_day": first, "published_for": quarter.last}
                yield named | days | asdict(share)
                first, of, yes = quarter.last + ONE_DAY, 0, 0
