"""Agreements as data: who is a party, the versions and their life, and which pairs one governs."""

import uuid
from collections.abc import Set
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import rules
from portal.access import Actor, OrganisationKind
from portal.clock import ONE_DAY, now
from portal.db import Base, Json
from portal.organisations.models import Organisation
from portal.sight import ME, Sight, mine, running, taken_part_in


class Side(StrEnum):
    FUND = "fund"
    MUNICIPALITY = "municipality"
    OBSERVER = "observer"


SIDES = {
    OrganisationKind.UNEMPLOYMENT_FUND: Side.FUND,
    OrganisationKind.MUNICIPALITY: Side.MUNICIPALITY,
    OrganisationKind.COUNCIL: Side.OBSERVER,
    OrganisationKind.PARTNER: Side.OBSERVER,
}


class State(StrEnum):
    """What is stored of a version's life. Whether it is in force is a question of the day."""

    DRAFT = "draft"
    NEGOTIATING = "negotiating"
    READY = "ready"
    SIGNING = "signing"
    SIGNED = "signed"
    SUPERSEDED = "superseded"
    TERMINATED = "terminated"
    ABANDONED = "abandoned"


UNDER_WAY = {State.DRAFT, State.NEGOTIATING, State.READY, State.SIGNING}
BINDING = {State.SIGNED, State.SUPERSEDED, State.TERMINATED}


class Standing(StrEnum):
    IN_FORCE = "in_force"
    COMING = "coming"
    ENDED = "ended"


def end_of(ends_on: date | None, rule_set: str | None) -> date | None:
    """The last day: the one agreed or given notice of, and never after the rule set's own last day.

    A rule set's end stands in config/rules and may be moved there: it is asked, never stored.
    """
    own_end = rules.rule_set(rule_set).until if rule_set else None
    return min((day for day in (ends_on, own_end) if day), default=None)


def standing_on(first: date, last: date | None, day: date) -> Standing:
    """Where a signed version stands on a day, by its days; both are included."""
    if first > day:
        return Standing.COMING
    return Standing.ENDED if last and last < day else Standing.IN_FORCE


class Term(StrEnum):
    """How long an agreement runs; `rule_set`: until the rules that it rests on end."""

    FIXED = "fixed"
    OPEN_ENDED = "open_ended"
    RULE_SET = "rule_set"


def among(states: Set[State]) -> str:
    """That the state is one of these, as SQL."""
    names = ", ".join(f"'{state}'" for state in State if state in states)
    return f"state in ({names})"


def seen_by_parties(table: str, column: str = "agreement_id") -> str:
    return taken_part_in("agreement_party", "agreement_id", key=f"{table}.{column}")


def seen_as_version() -> str:
    """By the parties; of observers it is only seen what was signed."""
    signed = among(BINDING).replace("state", "agreement_version.state", 1)
    return (
        "exists (select from agreement_party "
        "where agreement_party.agreement_id = agreement_version.agreement_id "
        f"and (agreement_party.side = 'observer') <= ({signed}))"
    )


def seen_with_version(table: str) -> str:
    """What belongs to a version is seen with it: a private draft's parts by its drafter alone."""
    return taken_part_in("agreement_version", "id", key=f"{table}.version_id")


def by_the_two_sides(table: str) -> str:
    """What an observer may not."""
    return (
        f"exists (select from agreement_party where agreement_party.agreement_id = "
        f"{table}.agreement_id and agreement_party.side <> 'observer')"
    )


def while_open(table: str) -> str:
    """What the two sides may change as long as the text is not settled."""
    return (
        f"exists (select from agreement_version where agreement_version.id = {table}.version_id "
        f"and agreement_version.agreement_id = {table}.agreement_id "
        f"and agreement_version.state in ('draft', 'negotiating')) and {by_the_two_sides(table)}"
    )


class Agreement(Base):
    """A cooperation agreement between one or more funds and one or more municipalities."""

    __tablename__ = "agreement"
    sight = Sight(
        see=seen_by_parties("agreement", "id"),
        insert=mine("agreement.created_by_id"),
        update=seen_by_parties("agreement", "id"),
        delete=f"{mine('agreement.created_by_id')} and not exists (select from agreement_version "
        "where agreement_version.agreement_id = agreement.id "
        "and agreement_version.state <> 'draft')",
        columns="title",
    )

    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    versions: Mapped[list["AgreementVersion"]] = relationship(
        order_by=lambda: AgreementVersion.number.desc(), viewonly=True
    )

    @property
    def binding(self) -> list["AgreementVersion"]:
        """The versions that were signed, the newest first."""
        return [version for version in self.versions if version.state in BINDING]

    @property
    def under_way(self) -> "AgreementVersion | None":
        """The version that is being drafted, negotiated or signed: there is at most one."""
        return next((one for one in self.versions if one.state in UNDER_WAY), None)

    def shown_on(self, day: date) -> "AgreementVersion | None":
        """The last version begun by `day`; before the first, the first that will; or none."""
        begun = [version for version in self.binding if version.begins_on <= day]
        return next(iter(begun or self.binding[-1:]), None)

    def standing(self, day: date) -> Standing | None:
        """Whether a version governs: the same question as `queries.in_force`."""
        shown = self.shown_on(day)
        return shown.standing(day) if shown else None


class AgreementVersion(Base):
    """What is agreed, from one day to another, both included; once signed never changed.

    `ends_on` is its own last day, the day before the next version, or the end of the notice; the
    last day that it governs is `last_day`, which knows the rule set too. A draft is `private_to`
    its organisation until it is opened to the other side. Content is written here when the version
    is frozen for signing; until then it stands in the sections.
    """

    __tablename__ = "agreement_version"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        Index(
            "uq_agreement_version_under_way",
            "agreement_id",
            unique=True,
            postgresql_where=text(among(UNDER_WAY)),
        ),
        CheckConstraint("valid_until is null or valid_until >= valid_from", name="span"),
        CheckConstraint("ends_on is null or ends_on >= valid_from - 1", name="ends"),
        CheckConstraint("(state = 'draft') = (private_to is not null)", name="private"),
        CheckConstraint(
            f"not ({among(BINDING | {State.SIGNING})}) or (valid_from is not null and hash <> '')",
            name="frozen",
        ),
        CheckConstraint(f"({among(BINDING)}) = (signed_at is not null)", name="signed"),
        CheckConstraint("(state = 'signing') = (sign_by is not null)", name="sign_by"),
        CheckConstraint(
            "state not in ('superseded', 'terminated') or ends_on is not null", name="ended"
        ),
        CheckConstraint("term <> 'fixed' or hash = '' or valid_until is not null", name="term"),
        CheckConstraint("(term = 'rule_set') = (rule_set is not null)", name="rule_set"),
    )
    sight = Sight(
        see=f"{seen_as_version()} and coalesce(agreement_version.private_to = {ME}, true)",
        insert=f"{mine('agreement_version.private_to')} "
        f"and {by_the_two_sides('agreement_version')}",
        update=by_the_two_sides("agreement_version"),
        delete=mine("agreement_version.private_to"),
        columns="state, private_to, valid_from, valid_until, ends_on, term, notice_months, "
        "rule_set, parameters, sections, criteria, goals, contacts, expected_per_year, note, "
        "source, parameter_sources, hash, sign_by, signed_at, changed_at, revision",
        worker="select, insert, update",
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    number: Mapped[int]
    state: Mapped[State]
    private_to: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    ends_on: Mapped[date | None]
    term: Mapped[Term]
    notice_months: Mapped[int | None]
    rule_set: Mapped[str | None]  # a key of config/rules
    template: Mapped[str | None]  # name and version of the template that it was begun from
    parameters: Mapped[Json]  # what the rest of Samspil reads: agreements/parameters.py
    sections: Mapped[list[Any]] = mapped_column(JSONB)
    criteria: Mapped[list[Any]] = mapped_column(JSONB)
    goals: Mapped[list[Any]] = mapped_column(JSONB)
    contacts: Mapped[list[Any]] = mapped_column(JSONB)
    expected_per_year: Mapped[int | None]  # newly unemployed members, as the source expects
    note: Mapped[str | None]  # what every reader must know, such as that it is a demonstration
    source: Mapped[str]
    parameter_sources: Mapped[Json]  # by name; "default" where Samspil's standard fills in
    hash: Mapped[str]  # SHA-256 of the frozen content, in hex; empty until then
    sign_by: Mapped[date | None]  # the last day to sign
    signed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)
    revision: Mapped[int] = mapped_column()
    agreement: Mapped[Agreement] = relationship(viewonly=True)
    sides: Mapped[list["AgreementSide"]] = relationship(viewonly=True)
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}

    @property
    def begins_on(self) -> date:
        """The first day of what is frozen. Raises ValueError for a version that has none yet."""
        if self.valid_from is None:
            raise ValueError("the version is not frozen and has no first day")
        return self.valid_from

    @property
    def kind(self) -> Term:
        return self.term

    @property
    def last_day(self) -> date | None:
        """The last day that it governs; None as long as nobody knows one."""
        return end_of(self.ends_on, self.rule_set)

    def standing(self, day: date) -> Standing:
        return standing_on(self.begins_on, self.last_day, day)

    def has_ended(self, day: date) -> bool:
        return self.last_day is not None and self.last_day < day

    def yield_to(self, first_day: date) -> None:
        """The next version is signed: this one ends the day before, or when it ends anyhow."""
        eve = first_day - ONE_DAY
        self.ends_on = max(min(self.ends_on or eve, eve), self.begins_on - ONE_DAY)
        self.state = State.SUPERSEDED

    def party_of(self, actor: Actor) -> Side | None:
        sides = {row.organisation_id: row.side for row in self.sides}
        return sides.get(actor.organisation_id)


class AgreementSide(Base):
    """A party of a version; its side follows from what kind of organisation it is.

    A fund or municipality may be represented by another of its side: by whom, on which mandate.
    """

    __tablename__ = "agreement_side"
    __table_args__ = (
        UniqueConstraint("version_id", "organisation_id"),
        CheckConstraint("represented_by_id <> organisation_id", name="represented"),
        CheckConstraint("(represented_by_id is null) = (mandate is null)", name="mandate"),
    )
    sight = Sight(
        see=seen_with_version("agreement_side"),
        insert=while_open("agreement_side"),
        update=while_open("agreement_side"),
        delete=while_open("agreement_side"),
        columns="represented_by_id, mandate",
        worker="select, insert",
    )

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreement_version.id", ondelete="cascade")
    )
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    side: Mapped[Side]
    represented_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    mandate: Mapped[str | None]  # the decision and its day
    organisation: Mapped[Organisation] = relationship(viewonly=True, foreign_keys=[organisation_id])


class AgreementParty(Base):
    """The right to see an agreement. Triggers keep it by the sides; the web only reads it."""

    __tablename__ = "agreement_party"
    __table_args__ = (
        UniqueConstraint("agreement_id", "organisation_id"),
        Index("ix_agreement_party_list", "organisation_id", "agreement_id"),
    )
    sight = Sight(see=running("agreement_party"), worker="select")

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    side: Mapped[Side]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]


class AgreementPair(Base):
    """That a version governs a fund and a municipality on these days: on each day at most one.

    Triggers keep it by the version and its sides. The numbers are the organisations': the server
    excludes overlapping ranges of numbers and of days, but without an extension not equal ids.
    """

    __tablename__ = "agreement_pair"
    __table_args__ = (
        ExcludeConstraint(
            (text("int8range(fund_number, fund_number, '[]')"), "&&"),
            (text("int8range(municipality_number, municipality_number, '[]')"), "&&"),
            (text("daterange(first_day, last_day, '[]')"), "&&"),
            name="one_in_force",
        ),
        Index("ix_agreement_pair_of", "fund_id", "municipality_id"),
        Index("ix_agreement_pair_version", "version_id"),
    )
    sight = Sight(see=seen_with_version("agreement_pair"), worker="select")

    agreement_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement.id", ondelete="cascade"))
    version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("agreement_version.id", ondelete="cascade")
    )
    fund_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    municipality_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    fund_number: Mapped[int] = mapped_column(BigInteger)
    municipality_number: Mapped[int] = mapped_column(BigInteger)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
