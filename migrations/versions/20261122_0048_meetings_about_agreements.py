"""meetings about an agreement: series, meetings, who takes part, agenda, notes, minutes, approvals

Guards repeat the table of steps (`portal/meetings/workflow.py`) for the web: what was sent stays as
it was sent, notes are taken while the meeting runs, and minutes are approved by both sides.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0048"
down_revision = "0047"

JSON = postgresql.JSONB(none_as_null=True)
KINDS = ("status", "steering")
STATES = (
    "planned",
    "agenda_sent",
    "in_progress",
    "minutes_drafted",
    "minutes_approved",
    "cancelled",
)
HELD = "state in ('in_progress', 'minutes_drafted', 'minutes_approved')"
FROZEN = "state in ('agenda_sent', 'in_progress', 'minutes_drafted', 'minutes_approved')"
PARTS = (
    "meeting_event",
    "meeting_approval",
    "meeting_minutes",
    "meeting_note",
    "meeting_item",
    "meeting_participant",
)

# Beside the steps the last approval leads to the end. What a state allows to change follows.
GUARD = """
create function meeting_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or new is not distinct from old then
        return new;
    end if;
    if (old.state, new.state) not in (
        ('planned', 'planned'), ('agenda_sent', 'agenda_sent'),
        ('planned', 'agenda_sent'), ('agenda_sent', 'in_progress'),
        ('in_progress', 'minutes_drafted'), ('minutes_drafted', 'minutes_drafted'),
        ('minutes_drafted', 'minutes_approved'),
        ('planned', 'cancelled'), ('agenda_sent', 'cancelled')
    ) then
        raise exception 'a meeting does not go from % to %', old.state, new.state
            using errcode = 'insufficient_privilege';
    end if;
    if (old.starts_at, old.ends_at, old.place, old.video_link)
        is distinct from (new.starts_at, new.ends_at, new.place, new.video_link)
        and (old.state not in ('planned', 'agenda_sent') or new.sequence <> old.sequence + 1) then
        raise exception 'a meeting that is moved counts up, and one that was held stays'
            using errcode = 'insufficient_privilege';
    end if;
    if (old.pack, old.pack_hash, old.sent_at, old.version_id)
        is distinct from (new.pack, new.pack_hash, new.sent_at, new.version_id)
        and (old.state, new.state) <> ('planned', 'agenda_sent') then
        raise exception 'what was sent stays as it was sent'
            using errcode = 'insufficient_privilege';
    end if;
    if new.state = 'minutes_approved' and (
        select count(distinct approved.side) from public.meeting_approval approved
        where approved.meeting_id = new.id and approved.number = (
            select max(shared.number) from public.meeting_minutes shared
            where shared.meeting_id = new.id)
    ) < 2 then
        raise exception 'both sides approve the minutes'
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
# In which states the web adds, changes and removes parts of a meeting.
PART = """
create function meeting_part_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    row_of constant jsonb := to_jsonb(case tg_op when 'DELETE' then old else new end);
    was constant jsonb := case tg_op when 'UPDATE' then to_jsonb(old) end;
    its constant text := (select m.state from public.meeting m
        where m.id = (row_of ->> 'meeting_id')::uuid);
    newest constant integer := (select max(shared.number) from public.meeting_minutes shared
        where shared.meeting_id = (row_of ->> 'meeting_id')::uuid);
    late constant text[] := array['closed_at', 'closed_by', 'closed_text', 'amendment_id',
        'revision'];
    allowed constant boolean := case tg_table_name
        when 'meeting_participant' then its in ('planned', 'agenda_sent', 'in_progress')
            or its = 'minutes_drafted' and tg_op = 'UPDATE'
        when 'meeting_item' then its = 'planned' or its = 'in_progress' and tg_op <> 'UPDATE'
            or its = 'in_progress' and tg_op = 'UPDATE'
            and row_of - array['running_since', 'spent', 'revision']
                = was - array['running_since', 'spent', 'revision']
        when 'meeting_note' then its = 'in_progress'
            or its = 'minutes_drafted' and tg_op = 'UPDATE'
            or tg_op = 'UPDATE' and row_of - late = was - late
        when 'meeting_minutes' then its = 'minutes_drafted'
            and (row_of ->> 'number')::integer = coalesce(newest, 0) + 1
        when 'meeting_approval' then its = 'minutes_drafted'
            and (row_of ->> 'number')::integer = newest
            and exists (select from public.agreement_party own
                where own.agreement_id = (row_of ->> 'agreement_id')::uuid
                and own.organisation_id = (row_of ->> 'organisation_id')::uuid
                and own.side = row_of ->> 'side')
        when 'meeting_event' then its = row_of ->> 'target'
    end;
begin
    if current_user <> 'samspil_app' then
        return case tg_op when 'DELETE' then old else new end;
    end if;
    if allowed then
        if tg_table_name = 'meeting_note' and row_of ->> 'amendment_id' is not null and not exists (
            select from public.agreement_amendment asked
            where asked.id = (row_of ->> 'amendment_id')::uuid
            and asked.agreement_id = (row_of ->> 'agreement_id')::uuid
        ) then
            raise exception 'a decision changes the agreement that it is about'
                using errcode = 'insufficient_privilege';
        end if;
        return case tg_op when 'DELETE' then old else new end;
    end if;
    raise exception 'not in a meeting that is %', its using errcode = 'insufficient_privilege';
end $$
"""
VERBS = {
    "meeting_participant": "insert or update or delete",
    "meeting_item": "insert or update or delete",
    "meeting_note": "insert or update or delete",
    "meeting_minutes": "insert",
    "meeting_approval": "insert",
    "meeting_event": "insert",
}


def one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


def key() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid(), primary_key=True)


def to(name: str, table: str, *, cascade: bool = False, optional: bool = False) -> sa.Column[Any]:
    target = sa.ForeignKey(f"{table}.id", ondelete="cascade" if cascade else None)
    return sa.Column(name, sa.Uuid(), target, nullable=optional)


def column(name: str, kind: Any, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=optional)


def text(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return column(name, sa.Text(), optional=optional)


def at(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return column(name, sa.DateTime(timezone=True), optional=optional)


def number(name: str) -> sa.Column[Any]:
    return column(name, sa.Integer())


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    op.create_table(
        "meeting_series",
        key(),
        to("agreement_id", "agreement", cascade=True),
        to("organisation_id", "organisation"),
        column("kind", one_of("meetingkind", *KINDS)),
        text("title"),
        text("cadence"),
        at("made_at"),
        text("made_by"),
        sa.UniqueConstraint("id", "agreement_id"),
    )
    op.create_index("ix_meeting_series_of", "meeting_series", ["agreement_id"])
    meeting()
    parts()
    minutes()
    for made in (GUARD, PART):
        op.execute(made)
    op.execute("revoke execute on function meeting_guard(), meeting_part_guard() from public")
    op.execute(
        "create trigger guard before update on meeting for each row execute function meeting_guard()"
    )
    for table, verbs in VERBS.items():
        op.execute(
            f"create trigger guard before {verbs} on {table} for each row "
            "execute function meeting_part_guard()"
        )


def meeting() -> None:
    op.create_table(
        "meeting",
        key(),
        to("series_id", "meeting_series", cascade=True),
        to("agreement_id", "agreement", cascade=True),
        to("organisation_id", "organisation"),
        to("version_id", "agreement_version"),
        number("number"),
        column("state", one_of("meetingstate", *STATES)),
        at("starts_at"),
        at("ends_at"),
        text("place", optional=True),
        text("video_link", optional=True),
        number("sequence"),
        text("cancelled_reason", optional=True),
        column("pack", JSON, optional=True),
        text("pack_hash", optional=True),
        at("sent_at", optional=True),
        at("began_at", optional=True),
        at("approved_at", optional=True),
        at("changed_at"),
        number("revision"),
        sa.UniqueConstraint("series_id", "number"),
        sa.UniqueConstraint("id", "agreement_id"),
        check("meeting", "span", "ends_at > starts_at"),
        check("meeting", "cancelled", "(state = 'cancelled') = (cancelled_reason is not null)"),
        check(
            "meeting",
            "sent",
            f"not ({FROZEN}) or (pack is not null and (place is not null "
            "or video_link is not null))",
        ),
        check("meeting", "pack", "(pack is null) = (pack_hash is null)"),
        check("meeting", "began", f"({HELD}) = (began_at is not null)"),
        check("meeting", "approved", "(state = 'minutes_approved') = (approved_at is not null)"),
    )
    op.create_index("ix_meeting_of", "meeting", ["agreement_id", "starts_at"])


def of_meeting() -> list[Any]:
    both = sa.ForeignKeyConstraint(
        ["meeting_id", "agreement_id"], ["meeting.id", "meeting.agreement_id"], ondelete="cascade"
    )
    ids = [column("meeting_id", sa.Uuid()), column("agreement_id", sa.Uuid())]
    return [key(), *ids, to("organisation_id", "organisation"), both]


def parts() -> None:
    op.create_table(
        "meeting_participant",
        *of_meeting(),
        to("party_id", "organisation", optional=True),
        column("user_id", sa.Uuid(), optional=True),
        text("code", optional=True),
        text("name"),
        text("title", optional=True),
        text("mail", optional=True),
        column("taking", one_of("taking", "chair", "member", "observer")),
        column("attended", sa.Boolean(), optional=True),
        text("instead", optional=True),
        check("meeting_participant", "outside", "(party_id is null) = (mail is not null)"),
    )
    op.create_index("ix_meeting_participant_of", "meeting_participant", ["meeting_id"])
    op.create_table(
        "meeting_item",
        *of_meeting(),
        number("position"),
        text("source"),
        text("title"),
        text("text"),
        number("minutes"),
        column("state", one_of("itemstate", "proposed", "accepted", "removed")),
        column("evidence", JSON, optional=True),
        at("running_since", optional=True),
        number("spent"),
        number("revision"),
        sa.UniqueConstraint("id", "meeting_id"),
        check("meeting_item", "minutes", "minutes between 1 and 480"),
    )
    op.create_index("ix_meeting_item_of", "meeting_item", ["meeting_id", "position"])
    op.create_table(
        "meeting_note",
        *of_meeting(),
        column("item_id", sa.Uuid()),
        number("number"),
        column("kind", one_of("notekind", "information", "decision", "action")),
        text("text"),
        at("written_at"),
        text("written_by"),
        to("party_id", "organisation", optional=True),
        text("person", optional=True),
        column("user_id", sa.Uuid(), optional=True),
        column("due_on", sa.Date(), optional=True),
        at("closed_at", optional=True),
        text("closed_by", optional=True),
        text("closed_text", optional=True),
        to("amendment_id", "agreement_amendment", optional=True),
        at("told_at", optional=True),
        number("revision"),
        sa.ForeignKeyConstraint(
            ["item_id", "meeting_id"],
            ["meeting_item.id", "meeting_item.meeting_id"],
            deferrable=True,
            initially="deferred",
        ),
        sa.UniqueConstraint("meeting_id", "number"),
        check(
            "meeting_note",
            "action",
            "(kind = 'action') = (due_on is not null) and (kind = 'action') = (person is not null)",
        ),
        check("meeting_note", "closed", "closed_at is null or kind = 'action'"),
        check("meeting_note", "decision", "amendment_id is null or kind = 'decision'"),
    )
    op.create_index(
        "ix_meeting_note_open",
        "meeting_note",
        ["agreement_id", "due_on"],
        postgresql_where=sa.text("kind = 'action' and closed_at is null"),
    )


def minutes() -> None:
    op.create_table(
        "meeting_minutes",
        *of_meeting(),
        number("number"),
        column("content", JSON),
        text("hash"),
        text("reason", optional=True),
        at("shared_at"),
        text("shared_by"),
        sa.UniqueConstraint("meeting_id", "number"),
    )
    op.create_table(
        "meeting_approval",
        *of_meeting(),
        column("side", one_of("side", "fund", "municipality", "observer")),
        number("number"),
        column("user_id", sa.Uuid()),
        text("person"),
        at("at"),
        sa.UniqueConstraint("meeting_id", "number", "organisation_id"),
    )
    op.create_table(
        "meeting_event",
        *of_meeting(),
        text("person"),
        at("at"),
        text("step"),
        column("source", one_of("meetingstate", *STATES), optional=True),
        column("target", one_of("meetingstate", *STATES)),
        text("reason", optional=True),
        column("detail", JSON),
        text("form_key", optional=True),
    )
    op.create_index("ix_meeting_event_of", "meeting_event", ["meeting_id", "at"])
    op.create_index(
        "uq_meeting_event_form",
        "meeting_event",
        ["meeting_id", "form_key"],
        unique=True,
        postgresql_where=sa.text("form_key is not null"),
    )


def downgrade() -> None:
    for table in (*PARTS, "meeting", "meeting_series"):
        op.drop_table(table)
    op.execute("drop function meeting_guard(), meeting_part_guard()")
