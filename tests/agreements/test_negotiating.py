"""Two owners at the table: what each proposes, who has the turn, and what nobody may do."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from portal.agreements import drafting, negotiating, queries
from portal.agreements.models import AgreementVersion, Side, State
from portal.agreements.parts import Move, SectionState
from portal.agreements.templates import templates
from portal.db import db
from portal.workflow import NotNow, Overtaken, Refused
from tests import make
from tests.agreements import table
from tests.agreements.table import Owner


@pytest.fixture
def anna(web, fund) -> Owner:
    return table.owner(web, fund, "Anna Aftaleejer")


@pytest.fixture
def bo(web, municipality) -> Owner:
    return table.owner(web, municipality, "Bo Aftaleejer")


@pytest.fixture
def cleo(web, outsider) -> Owner:
    return table.owner(web, outsider, "Cleo Udenfor")


@pytest.fixture
def opened(anna, municipality):
    """An agreement that the fund has opened to the municipality."""
    version_id = anna.begin(municipality)
    anna.step(version_id, "open")
    return version_id


def test_a_draft_is_seen_by_whoever_began_it(anna, bo, municipality):
    version_id = anna.begin(municipality)
    version, sections = anna.read(version_id)
    assert (version.state, version.number, len(sections)) == (State.DRAFT, 1, 17)
    with pytest.raises(NoResultFound):
        bo.read(version_id)


def test_opened_it_is_seen_by_both_sides_and_nobody_else(anna, bo, cleo, opened):
    for owner in (anna, bo):
        version, sections = owner.read(opened)
        assert (version.state, len(sections)) == (State.NEGOTIATING, 17)
    with pytest.raises(NoResultFound):
        cleo.read(opened)


def test_what_the_draft_says_is_the_first_proposal(anna, bo, opened):
    _version, sections = bo.read(opened)
    empty = [one.key for one in sections if one.state == SectionState.EMPTY]
    assert empty == ["parties", "annexes"]
    theirs = [one for one in sections if one.state == SectionState.PROPOSED]
    assert {one.side for one in theirs} == {Side.FUND}
    assert negotiating.counts(sections, Side.MUNICIPALITY) == {"ours": 17}
    assert negotiating.counts(sections, Side.FUND) == {"ours": 2, "theirs": 15}


def test_a_counter_proposal_gives_the_turn_back(anna, bo, opened):
    bo.propose(opened, "purpose", text="Borgeren skal mærke ét forløb.")
    _version, sections = anna.read(opened)
    purpose = next(one for one in sections if one.key == "purpose")
    assert purpose.text == "Borgeren skal mærke ét forløb."
    assert negotiating.turns(purpose) == {Side.FUND}
    with anna.at_work():
        texts = [(move.person, move.move) for move in queries.moves(purpose.id)]
    assert texts == [("Bo Aftaleejer", Move.PROPOSE), ("Anna Aftaleejer", Move.PROPOSE)]


def test_a_section_is_agreed_by_the_other_side_and_locked(anna, bo, opened):
    with pytest.raises(NotNow):
        anna.agree(opened, "purpose")  # one's own proposal
    bo.agree(opened, "purpose")
    for owner in (anna, bo):
        with pytest.raises(NotNow):
            owner.propose(opened, "purpose", text="Noget andet.")


def test_an_agreed_section_is_reopened_with_a_reason(anna, bo, opened):
    bo.agree(opened, "purpose")
    with pytest.raises(Refused):
        anna.on(opened, "purpose", negotiating.reopen, reason=" ")
    anna.on(opened, "purpose", negotiating.reopen, reason="Styregruppen vil have mere med.")
    _version, sections = anna.read(opened)
    purpose = next(one for one in sections if one.key == "purpose")
    assert negotiating.turns(purpose) == {Side.FUND}
    anna.propose(opened, "purpose", text="Noget mere.")
    bo.agree(opened, "purpose")


def test_the_slower_of_two_is_told_and_changes_nothing(anna, bo, opened):
    _version, sections = bo.read(opened)
    seen = next(one for one in sections if one.key == "purpose").revision
    anna.propose(opened, "purpose", text="Annas tekst.")
    with pytest.raises(Overtaken):
        bo.propose(opened, "purpose", text="Bos tekst.", revision=seen)
    with pytest.raises(Overtaken):
        bo.on(opened, "purpose", negotiating.agree, revision=seen)
    _version, sections = bo.read(opened)
    assert next(one for one in sections if one.key == "purpose").text == "Annas tekst."


@pytest.mark.parametrize(
    ("days", "is_fine"), [(0, False), (1, True), (15, True), (16, False), ("5", False)]
)
def test_a_deadline_stays_within_its_bounds(anna, opened, days, is_fine):
    _version, sections = anna.read(opened)
    given = next(one for one in sections if one.key == "roles").given
    said = {"text": "Roller.", "given": given | {"decide_days": days}}
    if is_fine:
        anna.propose(opened, "roles", **said)
        return
    with pytest.raises(Refused) as refused:
        anna.propose(opened, "roles", **said)
    assert [lack.field for lack in refused.value.lacks] == ["decide_days"]


def test_a_section_has_a_text_or_is_left_out(anna, opened):
    with pytest.raises(Refused):
        anna.propose(opened, "annexes", text="  ")
    anna.propose(opened, "annexes", text="", is_left_out=True)


def test_a_remark_for_the_own_side_is_read_there_only(anna, bo, opened):
    for words, only in (("Til jer begge", False), ("Kun os", True)):
        anna.on(opened, "purpose", negotiating.remark, text=words, only_own_side=only)
    seen = []
    for owner in (anna, bo):
        with owner.at_work():
            purpose = queries.section(opened, "purpose")
            seen.append([comment.text for comment in queries.comments(purpose.id)])
    assert seen == [["Til jer begge", "Kun os"], ["Til jer begge"]]


def test_the_parties_add_a_section_of_their_own(anna, bo, opened):
    with anna.at_work():
        negotiating.add_section(
            queries.version(opened),
            queries.sections(opened),
            heading="Fælles kurser",
            text="Vi holder to om året.",
            actor=anna.actor,
            at=table.moment(),
        )
    _version, sections = bo.read(opened)
    assert sections[-1].heading == "Fælles kurser"
    bo.agree(opened, sections[-1].key)


def test_all_agreed_it_is_settled_and_what_lacks_is_named(anna, bo, opened):
    with pytest.raises(Refused) as refused:
        bo.step(opened, "settle")
    lacking = {lack.field for lack in refused.value.lacks}
    assert {"signatories", "term", "purpose"} <= lacking
    table.all_agreed(anna, bo, opened)
    with pytest.raises(Refused) as refused:
        anna.step(opened, "settle")
    assert [lack.field for lack in refused.value.lacks] == ["signatories"]
    for owner in (anna, bo):
        owner.name_signatory(opened)
    assert anna.step(opened, "settle")
    with pytest.raises(NotNow):
        bo.propose(opened, "purpose", text="For sent.")


def test_sent_to_be_signed_its_content_is_frozen(anna, bo, opened):
    table.all_agreed(anna, bo, opened)
    for owner in (anna, bo):
        owner.name_signatory(opened)
    anna.step(opened, "settle")
    bo.step(opened, "ask_to_sign")
    version, _sections = anna.read(opened)
    assert version.state == State.SIGNING
    assert version.sign_by == table.tomorrow()
    assert version.parameters["decide_days"] == 5
    assert len(version.hash) == 64
    bo.step(opened, "take_back", reason="En tastefejl.")
    assert anna.read(opened)[0].state == State.NEGOTIATING


@pytest.mark.parametrize("missing", ["fund", "municipality"])
def test_an_agreement_has_both_sides(web, anna, fund, municipality, missing, seen_by):
    ids = {"fund": [fund.id], "municipality": []}[missing]
    template = templates()["one-to-one"]
    with anna.at_work(), pytest.raises(Refused) as refused:
        drafting.begin(template, "Aftale", ids, actor=anna.actor, at=table.moment())
    assert [lack.field for lack in refused.value.lacks] == ["parties"]


def test_a_deleted_draft_takes_the_agreement_with_it(anna, municipality):
    version_id = anna.begin(municipality)
    with anna.at_work():
        drafting.delete_draft(queries.version(version_id), actor=anna.actor)
    with pytest.raises(NoResultFound):
        anna.read(version_id)


def test_in_a_draft_of_the_next_version_the_other_side_reads_nothing(anna, bo, fund, municipality):
    signed = make.agreement(fund, municipality)
    draft = {"number": 2, "state": State.DRAFT, "private_to": fund.id, "hash": ""}
    make.agreement_version(signed.agreement_id, fund, municipality, **draft)
    numbers = []
    for owner in (anna, bo):
        with owner.at_work():
            rows = select(AgreementVersion.number).order_by(AgreementVersion.number)
            numbers.append([*db.session.scalars(rows)])
    assert numbers == [[1, 2], [1]]
