"""What the organisations do between them: agreements that are in force, and meetings that are held.

Nothing of it is about a person, and both sides of an agreement know it: such figures are not
hidden, however small they are.
"""

from datetime import date

from sqlalchemy import ARRAY, Date, and_, case, column, exists, func, literal, or_, select

from portal import rules
from portal.agreements.models import AgreementPair, AgreementSide, AgreementVersion, Side
from portal.clock import ONE_DAY
from portal.goals.cohorts import Cohort, Condition, Given, Making, Window, day_of
from portal.goals.periods import quarter_of
from portal.meetings.parts import MeetingParticipant
from portal.meetings.series import HELD, Meeting, MeetingKind, MeetingSeries


def agreement_quarters(given: Given, window: Window) -> Cohort:
    """Each quarter since a fund and a municipality first had an agreement, by its last day."""
    pair = AgreementPair.fund_id, AgreementPair.municipality_id
    since = func.min(AgreementPair.first_day).label("since")
    first = select(*pair, since).group_by(*pair).subquery("first")
    given_days = func.unnest(literal(ends(window), ARRAY(Date)))
    quarter = given_days.table_valued(column("day", Date)).render_derived("quarter")
    return Cohort(
        rows=select().select_from(first).join(quarter, first.c.since <= quarter.c.day),
        fund=first.c.fund_id,
        municipality=first.c.municipality_id,
        day=quarter.c.day,
        breakdowns={},
        is_of_both=True,
    )


def ends(window: Window) -> list[date]:
    """The last day of each quarter; of the one that runs, as it stands on the last day there is."""
    days, day = [], window.first
    while day <= window.last:
        days.append(min(quarter_of(day).last, window.last))
        day = quarter_of(day).last + ONE_DAY
    return days


def governs(cohort: Cohort, *where: Condition) -> Condition:
    """That a version governs the two on the day; a rule set's own end is for the rules to know."""
    version, pair = AgreementVersion, AgreementPair
    known = {one.key: one.until for one in rules.rule_sets()}
    last = case(
        *((version.rule_set == key, literal(until, Date)) for key, until in known.items()),
        else_=cohort.day,
    )
    return exists().where(
        version.id == pair.version_id,
        pair.fund_id == cohort.fund,
        pair.municipality_id == cohort.municipality,
        pair.first_day <= cohort.day,
        func.coalesce(pair.last_day, cohort.day) >= cohort.day,
        last >= cohort.day,
        *where,
    )


def names_criteria() -> Condition:
    return func.jsonb_array_length(AgreementVersion.criteria) > 0


def status_meetings(given: Given, window: Window) -> Cohort:
    """Status meetings that have begun with both sides there, of each pair of the agreement."""
    pair = AgreementPair
    rows = (
        select()
        .select_from(Meeting)
        .join(MeetingSeries, MeetingSeries.id == Meeting.series_id)
        .join(pair, pair.version_id == Meeting.version_id)
    )
    came = and_(*(came_of(side) for side in (Side.FUND, Side.MUNICIPALITY)))
    is_held = Meeting.state.in_(HELD), MeetingSeries.kind == MeetingKind.STATUS
    return Cohort(
        rows=rows.where(*is_held, came),
        fund=pair.fund_id,
        municipality=pair.municipality_id,
        day=day_of(Meeting.began_at),
        breakdowns={},
        is_of_both=True,
    )


def came_of(side: Side) -> Condition:
    """That somebody of the side was there, or came in their place."""
    who = MeetingParticipant
    return exists().where(
        who.meeting_id == Meeting.id,
        or_(who.attended.is_(True), who.instead.is_not(None)),
        AgreementSide.version_id == Meeting.version_id,
        AgreementSide.organisation_id == who.party_id,
        AgreementSide.side == side,
    )


# A meeting stands with each pair of its agreement, and is one meeting of it all the same.
OF_EACH_PAIR = ("status_meetings",)
OF_PARTIES: dict[str, Making] = {
    "agreement_quarters": agreement_quarters,
    "status_meetings": status_meetings,
}
