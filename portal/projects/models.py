"""Regional projects: what one is, who carries it, and which organisations may see it."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.access import Actor
from portal.clock import now
from portal.db import Base
from portal.sight import ME, Sight, mine, running


class PartnerRole(StrEnum):
    """As what an organisation takes part; lead and secretariat write the project itself."""

    LEAD = "lead"
    JOBCENTRE = "jobcentre"
    A_KASSE = "a_kasse"
    UNION = "union"
    EMPLOYER = "employer"
    SCHOOL = "school"
    ASSOCIATION = "association"
    SECRETARIAT = "secretariat"


LEADING = frozenset({PartnerRole.LEAD, PartnerRole.SECRETARIAT})
# Who holds no CPR number of anybody, whatever else it records.
WITHOUT_CPR = frozenset({PartnerRole.EMPLOYER, PartnerRole.SCHOOL, PartnerRole.ASSOCIATION})


class ProjectState(StrEnum):
    IDEA = "idea"
    PREPARING = "preparing"
    RUNNING = "running"
    REPORTING = "reporting"
    EVALUATED = "evaluated"
    CLOSED = "closed"
    STOPPED = "stopped"


S = ProjectState
OVER = frozenset({S.CLOSED, S.STOPPED})
OPEN = frozenset(S) - OVER


class Colour(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class PartnerState(StrEnum):
    """What became of an invitation. Whether a partner still takes part is a question of the day."""

    INVITED = "invited"
    TAKING_PART = "taking_part"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Standing(StrEnum):
    """As what an organisation sees a project; who is invited sees the invitation alone."""

    INVITED = "invited"
    PARTNER = "partner"
    COUNCIL = "council"


LIVE = "state in ('invited', 'taking_part')"


def taking_part(table: str, condition: str, column: str = "project_id") -> str:
    """That the own participation in the row's project is of such a kind, as SQL."""
    return (
        f"exists (select from project_party where project_party.project_id = {table}.{column} "
        f"and {condition})"
    )


def seen_by_all(table: str, column: str = "project_id") -> str:
    """By the partners and by the councils of the area, but not by who is only invited."""
    return taking_part(table, "project_party.standing <> 'invited'", column)


def seen_by_partners(table: str) -> str:
    """Not by a council that is no partner itself."""
    return taking_part(table, "project_party.standing = 'partner'")


def of_the_lead(table: str, column: str = "project_id") -> str:
    """What the lead and the secretariat may do as long as the project is open."""
    return taking_part(table, "project_party.leads", column)


def added_by_the_lead(table: str) -> str:
    return f"{mine(f'{table}.organisation_id')} and {of_the_lead(table)}"


def added_by_a_partner(table: str) -> str:
    """A partner's own part: its companies, its people, its results."""
    return f"{mine(f'{table}.organisation_id')} and {taking_part(table, 'project_party.writes')}"


class Project(Base):
    """A regional project that many organisations carry together.

    `type`, `trade` and `templates` are keys of `config/projects`. Its lead, and who may see it,
    follow from its partners. Days are both included.
    """

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="span"),
        CheckConstraint("colour = 'green' or colour_reason is not null", name="colour"),
        CheckConstraint("jsonb_array_length(templates) > 0", name="templates"),
    )
    sight = Sight(
        see=seen_by_all("project", "id"),
        insert=f"{mine('project.organisation_id')} and project.state = 'idea'",
        update=of_the_lead("project", "id"),
        columns="title, type, trade, target_group, purpose, state, starts_on, ends_on, colour, "
        "colour_reason, colour_at, next_report_on, templates, changed_at, revision",
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))  # who made it
    reference: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    type: Mapped[str]
    trade: Mapped[str]
    target_group: Mapped[str]
    purpose: Mapped[str]
    state: Mapped[ProjectState] = mapped_column(default=ProjectState.IDEA)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    colour: Mapped[Colour] = mapped_column(default=Colour.GREEN)
    colour_reason: Mapped[str | None]
    colour_at: Mapped[datetime] = mapped_column(default=now)
    next_report_on: Mapped[date | None]
    templates: Mapped[list[str]]  # the models that run side by side
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    revision: Mapped[int] = mapped_column()
    partners: Mapped[list["ProjectPartner"]] = relationship(
        viewonly=True, order_by=lambda: (ProjectPartner.valid_from, ProjectPartner.invited_at)
    )
    own_parties: Mapped[list["ProjectParty"]] = relationship(viewonly=True)
    __mapper_args__ = {"version_id_col": revision, "eager_defaults": False}

    @property
    def kind(self) -> ProjectState:
        """Every type of project goes the same way."""
        return self.state

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def own(self) -> "ProjectParty":
        """As what the own organisation sees it: of the parties it sees its own row alone."""
        return self.own_parties[0]

    @property
    def lead_id(self) -> uuid.UUID | None:
        """Who leads it, or is asked to."""
        leads = [one for one in self.partners if one.role == PartnerRole.LEAD and one.is_live]
        return leads[0].organisation_id if leads else None

    def party_of(self, actor: Actor) -> PartnerRole | None:
        roles = {row.organisation_id: row.role for row in self.own_parties}
        return roles.get(actor.organisation_id)


class ProjectPartner(Base):
    """An organisation that is asked to take part or does: its role, and from when to when.

    A row is one period; both days are included. The lead has no last day: it hands over first.
    """

    __tablename__ = "project_partner"
    __table_args__ = (
        CheckConstraint("valid_until >= valid_from - 1", name="span"),
        CheckConstraint("role <> 'lead' or valid_until is null", name="lead"),
        CheckConstraint("(state = 'invited') = (answered_at is null)", name="answered"),
        Index(
            "uq_project_partner_lead",
            "project_id",
            unique=True,
            postgresql_where=f"role = 'lead' and {LIVE}",
        ),
        Index(
            "uq_project_partner_once",
            "project_id",
            "organisation_id",
            unique=True,
            postgresql_where=f"valid_until is null and {LIVE}",
        ),
        Index("ix_project_partner_of", "organisation_id", "project_id"),
    )
    # Who is invited sees its own row, a council who is in it or asked, who takes part all.
    sight = Sight(
        see=taking_part(
            "project_partner",
            "(project_party.standing = 'invited') "
            f"<= (project_partner.organisation_id = {ME}) "
            "and (project_partner.state in ('invited', 'taking_part')) "
            ">= (project_party.standing = 'council')",
        ),
        insert=f"{mine('project_partner.invited_by_id')} and {of_the_lead('project_partner')}",
        update=taking_part(
            "project_partner",
            f"greatest(project_party.leads, project_partner.organisation_id = {ME})",
        ),
        columns="state, valid_until, answered_at, answered_by, reason, leaves",
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[PartnerRole]
    state: Mapped[PartnerState] = mapped_column(default=PartnerState.INVITED)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    invited_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    invited_by: Mapped[str]
    invited_at: Mapped[datetime] = mapped_column(default=now)
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str | None]  # of a no, of an invitation taken back, or of leaving
    leaves: Mapped[str | None]  # what it leaves behind, in its own words

    @property
    def is_live(self) -> bool:
        return self.state in {PartnerState.INVITED, PartnerState.TAKING_PART}

    def takes_part(self, day: date) -> bool:
        begun = self.state == PartnerState.TAKING_PART and self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)


class ProjectMunicipality(Base):
    """A municipality that the project is about; by it a regional council sees the project."""

    __tablename__ = "project_municipality"
    __table_args__ = (UniqueConstraint("project_id", "municipality_id"),)
    sight = Sight(
        see=seen_by_all("project_municipality"),
        insert=added_by_the_lead("project_municipality"),
        delete=of_the_lead("project_municipality"),
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    municipality_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)


class ProjectParty(Base):
    """The right to see a project, with the columns of its list; triggers alone write it.

    Of a council it is for the days on which one of the project's municipalities lies under it. The
    web only reads it.
    """

    __tablename__ = "project_party"
    __table_args__ = (
        UniqueConstraint("project_id", "organisation_id"),
        Index("ix_project_party_list", "organisation_id", "project_id"),
        Index("ix_project_party_late", "organisation_id", "next_report_on"),
    )
    sight = Sight(see=running("project_party"), worker="select")

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    standing: Mapped[Standing]
    role: Mapped[PartnerRole | None]
    leads: Mapped[bool]  # may write the project itself now
    writes: Mapped[bool]  # may write its own part now, but for the days of its period
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    reference: Mapped[str]
    title: Mapped[str]
    state: Mapped[ProjectState]
    colour: Mapped[Colour]
    trade: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    next_report_on: Mapped[date | None]
    lead_id: Mapped[uuid.UUID | None]


class ProjectNewcomer(Base):
    """An organisation that is to take part and has no place in Samspil yet: the operator opens one.

    Whom to write to there is known to the lead and the operator alone.
    """

    __tablename__ = "project_newcomer"
    __table_args__ = (
        CheckConstraint("cvr ~ '^[0-9]{8}$'", name="cvr"),
        CheckConstraint("(opened_id is null) = (opened_at is null)", name="opened"),
        CheckConstraint("role in ('union', 'employer', 'school', 'association')", name="role"),
        Index("ix_project_newcomer_of", "project_id"),
    )
    sight = Sight(
        see=of_the_lead("project_newcomer"),
        insert=f"{added_by_the_lead('project_newcomer')} and project_newcomer.opened_id is null",
        delete=f"{of_the_lead('project_newcomer')} and project_newcomer.opened_id is null",
    )

    project_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("project.id", ondelete="cascade"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    cvr: Mapped[str | None]
    role: Mapped[PartnerRole]
    valid_from: Mapped[date]
    contact: Mapped[str]
    mail: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(default=now)
    asked_by: Mapped[str]
    opened_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    opened_at: Mapped[datetime | None]
