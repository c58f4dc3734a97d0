"""meetings of councils: agendas with papers, and what was decided; their steps held"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0082"
down_revision = "0081"

JSON = postgresql.JSONB(none_as_null=True)
STATES = (
    "planned",
    "agenda_sent",
    "in_progress",
    "minutes_drafted",
    "minutes_approved",
    "cancelled",
)
FROZEN = "agenda_sent", "in_progress", "minutes_drafted", "minutes_approved"
HELD = "in_progress", "minutes_drafted", "minutes_approved"
GUARD = """
create function council_meeting_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or new is not distinct from old then
        return new;
    end if;
    if (old.state, new.state) not in (
        ('planned', 'planned'), ('agenda_sent', 'agenda_sent'), ('planned', 'agenda_sent'),
        ('agenda_sent', 'in_progress'), ('in_progress', 'minutes_drafted'),
        ('minutes_drafted', 'minutes_approved'),
        ('planned', 'cancelled'), ('agenda_sent', 'cancelled')
    ) then
        raise exception 'a meeting does not go from % to %', old.state, new.state
            using errcode = 'insufficient_privilege';
    end if;
    if (old.starts_at, old.ends_at) is distinct from (new.starts_at, new.ends_at)
        and (old.state not in ('planned', 'agenda_sent') or new.sequence <> old.sequence + 1) then
        raise exception 'a meeting that is moved counts up, and one that was held stays'
            using errcode = 'insufficient_privilege';
    end if;
    if (old.pack, old.pack_hash) is distinct from (new.pack, new.pack_hash)
        and (old.state, new.state) <> ('planned', 'agenda_sent')
        or (old.minutes, old.minutes_hash) is distinct from (new.minutes, new.minutes_hash)
        and (old.state, new.state) <> ('in_progress', 'minutes_drafted') then
        raise exception 'what was sent stays as it was sent'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
# Points are made until the agenda is sent and decided on while the meeting runs; people are asked
# until it is held, and have come or not while it runs.
PART = """
create function council_part_guard() returns trigger
language plpgsql set search_path = '' as $$
declare its text := (select m.state from public.council_meeting m
    where m.id = coalesce(new.meeting_id, old.meeting_id));
begin
    if current_user <> 'samspil_app' or its = 'planned'
        or its = 'in_progress' and tg_op <> 'DELETE'
        or its = 'agenda_sent' and tg_table_name = 'council_participant' then
        return coalesce(new, old);
    end if;
    raise exception 'nothing of a meeting that is % changes', its
        using errcode = 'insufficient_privilege';
end $$
"""


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


def column(name: str, kind: Any, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=optional)


def text(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [column(name, sa.Text(), optional=optional) for name in names]


def at(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [column(name, sa.DateTime(timezone=True), optional=optional) for name in names]


def key() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid(), primary_key=True)


def own() -> sa.Column[Any]:
    return sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False)


def of_meeting() -> list[Any]:
    names = ["meeting_id", "organisation_id"]
    whole = ["council_meeting.id", "council_meeting.organisation_id"]
    tie = sa.ForeignKeyConstraint(names, whole, ondelete="cascade")
    return [column("meeting_id", sa.Uuid()), own(), tie]


def check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def among(states: tuple[str, ...]) -> str:
    names = ", ".join(f"'{state}'" for state in states)
    return f"state in ({names})"


def upgrade() -> None:
    op.create_table(
        "council_meeting",
        key(),
        own(),
        *text("series"),
        column("number", sa.Integer()),
        column("state", one_of("meetingstate", *STATES)),
        *at("starts_at", "ends_at"),
        *text("place", "video_link", optional=True),
        column("sequence", sa.Integer()),
        *text("cancelled_reason", optional=True),
        column("pack", JSON, optional=True),
        *text("pack_hash", optional=True),
        *at("sent_at", "began_at", optional=True),
        column("minutes", JSON, optional=True),
        *text("minutes_hash", optional=True),
        *at("shared_at", optional=True),
        *text("approval", optional=True),
        *at("approved_at", optional=True),
        *at("changed_at"),
        column("revision", sa.Integer()),
        sa.UniqueConstraint("organisation_id", "series", "number"),
        sa.UniqueConstraint("id", "organisation_id"),
        check("span", "ends_at > starts_at"),
        check("cancelled", "(state = 'cancelled') = (cancelled_reason is not null)"),
        check("sent", f"not ({among(FROZEN)}) or pack is not null"),
        check("pack", "(pack is null) = (pack_hash is null)"),
        check("began", f"({among(HELD)}) = (began_at is not null)"),
        check(
            "minutes",
            "(state in ('minutes_drafted', 'minutes_approved')) = (minutes is not null)",
        ),
        check("minutes_hash", "(minutes is null) = (minutes_hash is null)"),
        check("approved", "(state = 'minutes_approved') = (approval is not null)"),
    )
    op.create_index("ix_council_meeting_of", "council_meeting", ["organisation_id", "starts_at"])
    op.create_table(
        "council_item",
        key(),
        *of_meeting(),
        column("position", sa.Integer()),
        *text("source", "title", "text"),
        column("minutes", sa.Integer()),
        column("state", one_of("itemstate", "proposed", "accepted", "removed")),
        column("evidence", JSON, optional=True),
        *text("decision", optional=True),
        column("revision", sa.Integer()),
        check("minutes", "minutes between 1 and 480"),
    )
    op.create_index("ix_council_item_of", "council_item", ["meeting_id", "position"])
    op.create_table(
        "council_participant",
        key(),
        *of_meeting(),
        column("user_id", sa.Uuid(), optional=True),
        *text("name"),
        *text("title", "mail", optional=True),
        column("attended", sa.Boolean(), optional=True),
        sa.ForeignKeyConstraint(
            ["user_id", "organisation_id"], ["user.id", "user.organisation_id"]
        ),
        check("outside", "(user_id is null) = (mail is not null)"),
    )
    op.create_index("ix_council_participant_of", "council_participant", ["meeting_id"])
    for made in (GUARD, PART):
        op.execute(made)
    op.execute(
        "revoke execute on function council_meeting_guard(), council_part_guard() from public"
    )
    op.execute(
        "create trigger guard before update on council_meeting "
        "for each row execute function council_meeting_guard()"
    )
    for table in ("council_item", "council_participant"):
        op.execute(
            f"create trigger guard before insert or update or delete on {table} "
            "for each row execute function council_part_guard()"
        )


def downgrade() -> None:
    for table in ("council_participant", "council_item", "council_meeting"):
        op.drop_table(table)
    op.execute("drop function council_meeting_guard(), council_part_guard()")
