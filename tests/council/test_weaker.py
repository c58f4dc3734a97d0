"""The control of the attack: layers that tell a little more, and are found out."""

import pytest

from portal.goals import publishing
from portal.suppression import Share
from tests.council import published
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
