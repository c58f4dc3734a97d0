"""letters: messages that expect an answer, and what a list says of what is unread and unanswered

A party's row counts the letters that the party reads and the questions that wait for it. While one
waits, the package stands with what is the party's turn, until the day on which an answer is due.
Besides, who opened a package is told by organisation and by what was opened, with the days.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

# After `copies`, by its name: what that has written of the package is the beginning.
LETTERS = """
create function handover_party_letters() returns trigger
language plpgsql security definer set search_path = '' as $$
declare answer_on date;
begin
    select count(*) into new.letters from public.handover_message m
    where m.handover_id = new.handover_id;
    select new.letters + count(*) into new.letters from public.handover_note n
    where n.handover_id = new.handover_id and n.organisation_id = new.organisation_id;
    select count(*), min(q.answer_due_on) into new.questions, answer_on
    from public.handover_message q
    where q.handover_id = new.handover_id and q.answer_due_on is not null
    and q.organisation_id <> new.organisation_id
    and not exists (select from public.handover_message a where a.answers_id = q.id);
    if new.questions > 0 and new.standing = 'theirs' then
        new.standing := 'ours';
        new.due_on := answer_on;
    end if;
    return new;
end $$
"""
# Whatever it writes, the triggers of the party's row write over.
WRITTEN = """
create function handover_letter_written() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    update public.handover_party set letters = letters where handover_id = new.handover_id;
    return null;
end $$
"""
# Every page and file that shows what the package says is opened under the package's own id.
OPENINGS = """
create function handover_openings(handover uuid) returns table (organisation_id uuid, side text,
    action text, first_at timestamptz, last_at timestamptz, times bigint, days date[])
language sql stable security definer set search_path = '' rows 8 as $$
    select p.organisation_id, p.side, a.action, min(a.at), max(a.at), count(*),
        array_agg(distinct (a.at at time zone 'Europe/Copenhagen')::date)
    from public.audit_event a
    join public.handover_party p
        on p.handover_id = $1 and p.organisation_id = a.organisation_id
    where a.subject_id = $1 and a.action like 'handover%' and a.action not like 'handover\\_lists.%'
    and a.outcome in ('done', 'refused 422')
    and exists (
        select from public.handover_party me where me.handover_id = $1
        and me.organisation_id = nullif(current_setting('samspil.organisation', true), '')::uuid
        and me.valid_from <= now() and coalesce(me.valid_until, 'infinity') > now()
    )
    group by p.organisation_id, p.side, a.action
$$
"""
OPENINGS_BEFORE = """
create function handover_openings(handover uuid)
returns table (side text, first_at timestamptz, last_at timestamptz, times bigint)
language sql stable security definer set search_path = '' rows 2 as $$
    select p.side, min(a.at), max(a.at), count(*)
    from public.audit_event a
    join public.handover_party p
        on p.handover_id = $1 and p.organisation_id = a.organisation_id
    where a.subject_id = $1 and a.action in ('handovers.show', 'handovers.step',
        'handovers.called_in', 'handovers.message', 'handovers.filing',
        'handover_documents.package', 'handover_documents.record',
        'handover_documents.copy_for_member', 'handover_documents.to_records',
        'handover_documents.calendar')
    and a.outcome in ('done', 'refused 422')
    and exists (
        select from public.handover_party me where me.handover_id = $1
        and me.organisation_id = nullif(current_setting('samspil.organisation', true), '')::uuid
        and me.valid_from <= now() and coalesce(me.valid_until, 'infinity') > now()
    )
    group by p.side
$$
"""
COUNT = """
update handover_party p set letters =
    (select count(*) from handover_message m where m.handover_id = p.handover_id)
    + (select count(*) from handover_note n
        where n.handover_id = p.handover_id and n.organisation_id = p.organisation_id)
"""
FUNCTIONS = ("handover_party_letters()", "handover_letter_written()")
TRIGGERS = (
    ("letters", "before insert or update", "handover_party", FUNCTIONS[0]),
    ("written", "after insert", "handover_message", FUNCTIONS[1]),
    ("written", "after insert", "handover_note", FUNCTIONS[1]),
)


def upgrade() -> None:
    for name in ("letters", "questions"):
        op.add_column(
            "handover_party", sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        )
        op.alter_column("handover_party", name, server_default=None)
    for table in ("handover_message", "handover_note"):
        op.add_column(table, sa.Column("user_id", sa.Uuid()))
    op.add_column("handover_message", sa.Column("answer_due_on", sa.Date()))
    op.add_column("handover_message", sa.Column("answers_id", sa.Uuid()))
    op.create_unique_constraint(
        "uq_handover_message_id_handover_id", "handover_message", ["id", "handover_id"]
    )
    op.create_foreign_key(
        "fk_handover_message_answers_id_handover_id",
        "handover_message",
        "handover_message",
        ["answers_id", "handover_id"],
        ["id", "handover_id"],
        ondelete="cascade",
    )
    op.create_check_constraint(
        "one_of_two", "handover_message", "answers_id is null or answer_due_on is null"
    )
    op.create_index(
        "ix_handover_message_answers",
        "handover_message",
        ["answers_id"],
        postgresql_where=sa.text("answers_id is not null"),
    )
    for made in (LETTERS, WRITTEN):
        op.execute(made)
    keep(*FUNCTIONS)
    replace_openings(OPENINGS)
    for name, when, table, function in TRIGGERS:
        op.execute(
            f"create trigger {name} {when} on {table} for each row execute function {function}"
        )
    count_those_written()


def keep(*functions: str) -> None:
    op.execute(f"revoke execute on function {', '.join(functions)} from public")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for function in functions:
        op.execute(f"alter function {function} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def replace_openings(made: str) -> None:
    op.execute("drop function handover_openings")
    op.execute(made)
    asked = "handover_openings(uuid)"
    op.execute(f"revoke execute on function {asked} from public")
    op.execute(f"grant execute on function {asked} to samspil_app, samspil_worker")
    keep(asked)


def count_those_written() -> None:
    """By the owner, whom no policy lets see the rows while policies are away."""
    tables = ("handover_party", "handover_message", "handover_note")
    for table in tables:
        op.execute(f"alter table {table} no force row level security")
    op.execute("alter table handover_party disable trigger user")
    op.execute(COUNT)
    op.execute("alter table handover_party enable trigger user")
    for table in tables:
        op.execute(f"alter table {table} force row level security")


def downgrade() -> None:
    replace_openings(OPENINGS_BEFORE)
    for name, _when, table, _function in TRIGGERS:
        op.execute(f"drop trigger {name} on {table}")
    for function in FUNCTIONS:
        op.execute(f"drop function {function}")
    for name in ("answers_id", "answer_due_on"):
        op.drop_column("handover_message", name)
    op.drop_constraint("uq_handover_message_id_handover_id", "handover_message")
    for table in ("handover_message", "handover_note"):
        op.drop_column(table, "user_id")
    for name in ("letters", "questions"):
        op.drop_column("handover_party", name)
