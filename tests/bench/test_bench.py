"""The bench runs where there is little to measure; it looks at counts and names, never at times."""

import json
from datetime import date

import pytest
from sqlalchemy import func, select, text

from demo import bulk, setting_up
from portal.bench import counting, crowd, loading, plans
from portal.bench.figures import GOALS
from portal.bench.measured import BARE, measured
from portal.db import db
from portal.handovers.content import hash_of
from portal.handovers.models import Handover, HandoverParty, Party
from portal.handovers.parts import HandoverContent
from portal.handovers.worklist import SORTS
from tests import make

DAY = date(2026, 11, 22)
COUNT = 420  # a few more than the demo's own, so that some are copies
WANTED = {"P1", "P2", "P3", "P4", "P5", "P6", "P7", "P9", "P10", "P12", "P13"}


@pytest.fixture
def app(web):
    """Kept filled from one test to the next."""
    return web


@pytest.fixture(scope="module")
def filled(web, worker):
    with worker.app_context():
        setting_up.lay(issuers="http://127.0.0.1:9", secret="of-a-test", day=DAY)
        db.session.commit()
    bulk.fill(day=DAY, seed=1, count=COUNT)
    yield
    make.clean()


pytestmark = pytest.mark.usefixtures("filled")


@pytest.fixture
def bench(database):
    with measured(database.url.database) as found:
        yield found


def counted(model, *conditions):
    found = make.records.scalar(select(func.count()).select_from(model).where(*conditions))
    make.records.commit()
    return found


def test_there_are_as_many_packages_as_were_asked_for():
    assert counted(Handover) == COUNT
    assert make.records.scalar(select(func.count(Handover.reference.distinct()))) == COUNT


def test_a_copy_is_seen_by_its_parties_and_by_nobody_else():
    sent = counted(Handover, Handover.sent_at.is_not(None))
    assert counted(HandoverParty, HandoverParty.side == Party.SENDER) == COUNT
    assert counted(HandoverParty, HandoverParty.side == Party.RECEIVER) == sent
    strangers = """
        select count(*) from handover_party p join handover h on h.id = p.handover_id
        where p.organisation_id not in (h.sender_id, h.receiver_id)
    """
    assert make.records.scalar(text(strangers)) == 0
    make.records.commit()


def test_each_content_has_the_hash_that_goes_with_it():
    contents = make.records.scalars(select(HandoverContent)).all()
    make.records.commit()
    assert [one.hash for one in contents] == [hash_of(one.content) for one in contents]
    own = select(Handover.reference, HandoverContent.content).join(
        HandoverContent, HandoverContent.handover_id == Handover.id
    )
    found = make.records.execute(own).all()
    make.records.commit()
    assert all(row.reference == row.content["reference"] for row in found)


def test_every_figure_has_its_goal_and_the_counts_are_exact(bench):
    figures = counting.statements(bench)
    assert GOALS.keys() >= WANTED | figures.keys()
    assert (figures["P6_list"], figures["P6_static"]) == (3, 0)
    assert figures["P6"] <= 1


def test_the_bare_route_knows_nothing_of_the_portal(bench):
    with bench.statements() as sent:
        assert bench.ask(f"{BARE}/") == (200, "ok")
    assert sent == []


def test_it_asks_as_people_of_the_largest_and_the_smallest_organisation(bench):
    largest, smallest = bench.askers(Party.RECEIVER)
    assert largest.actor.organisation_id != smallest.actor.organisation_id
    status, body = bench.ask("/handovers/", largest)
    assert status == 200
    assert largest.actor.name in body


def test_it_looks_at_every_tab_filter_order_and_place(bench):
    asker = bench.askers(Party.SENDER)[0]
    names = [name.split() for name, _asked in plans.asked_lists(bench, asker)]
    assert {name[0] for name in names} == {"mine", "unit", "unassigned", "waiting", "closed"}
    assert {name[1].partition("=")[0] for name in names} == {
        "all",
        "due",
        "kind",
        "other_id",
        "state",
    }
    assert {name[2] for name in names} == {"due", "-due", "changed", "-changed"}
    assert {name[3] for name in names} == {"first", "middle", "last"}


def test_growth_is_held_against_a_full_page():
    few = {"a all due first": 40, "b all due first": 10, "a all due middle": 40, "start": 10}
    many = {"a all due first": 60, "b all due first": 80, "start": 20}
    found = plans.growth(few, many)
    assert found == {"a all due first": 1.5, "b all due first": 2, "start": 2}


def test_nothing_heavy_is_loaded_before_it_is_needed():
    assert loading.heavy() == set()


def test_the_whole_command_gives_every_figure_by_its_name(bench, run, monkeypatch):
    """Nothing is asked of the times: only that all of it runs, on one list, and its names."""
    monkeypatch.setattr(plans, "TABS", ("unit",))
    monkeypatch.setattr(plans, "SORTS", {"due": SORTS["due"]})
    monkeypatch.setattr(plans, "TRIES", 1)
    monkeypatch.setattr(loading, "TRIES", 1)
    monkeypatch.setattr(loading, "REQUESTS", 2)
    monkeypatch.setattr(crowd, "TURNS", 1)
    done = run("bench", "--json", "--rounds", 2, "--database", bench.database)
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures.keys() == GOALS.keys() >= WANTED
    assert all(isinstance(value, float | int) for value in figures.values())


def test_two_thousand_packages_take_the_same_statements(bench):
    few = counting.statements(bench)
    bulk.fill(day=DAY, seed=1, count=2000)
    assert counted(Handover) == 2000
    many = counting.statements(bench)
    assert many.pop("P6_step") > 0  # of a package sent, of which a few may have none
    assert {name: few[name] for name in many} == many
    assert many["P6"] <= 1


def test_a_reference_is_searched_without_what_all_begin_with(bench):
    """Else the index reads a list of every package for it; the control is that part alone."""
    asker = bench.askers(Party.SENDER)[0]
    reference = plans.words_to_search(bench, asker)["reference"]
    whole, alone = (plans.searched(bench, asker, words) for words in (reference, ["OP"]))
    assert (reference[0], len(reference)) == ("OP", 3)
    assert f"{reference[1]}:* & {reference[2]}".casefold() in str(whole[1]).casefold()
    assert ("op:*" in str(whole[1]), "op" in str(alone[1])) == (False, True)


FILTERED = [
    (
        "ix_handover_party_unassigned_due",
        "organisation_id, due_on, handover_id, state, kind, other_id",
    ),
    (
        "ix_handover_party_unit_due",
        "organisation_id, unit_id, due_on, handover_id, state, kind, other_id",
    ),
]


@pytest.mark.parametrize(("name", "columns"), FILTERED)
def test_what_a_filter_asks_for_stands_in_the_index_of_the_list(name, columns, bench):
    """So a row that does not fit is left out unread: a condition of the index, not a filter."""
    with bench.worker.connect() as connection:
        definition = text("select indexdef from pg_indexes where indexname = :name")
        assert f"({columns}) INCLUDE" in connection.execute(definition, {"name": name}).scalar_one()
