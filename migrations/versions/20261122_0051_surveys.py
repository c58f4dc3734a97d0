"""surveys: links and counts apart, and functions that alone reach both

Whoever answers has no session. `survey_take` marks the link and adds to the count; it is the
keeper's, as are the functions that close, and no role that logs in reads the count.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0051"
down_revision = "0050"

ME = "nullif(current_setting('samspil.organisation', true), '')::uuid"
# Whose case it is may ask; a job, which acts for nobody, may ask of all.
SHIELDS = f"""
create function survey_shields(member uuid) returns boolean
language sql stable security definer set search_path = '' as $$
    select exists (
        select from public.handover h
        join public.handover_restriction r on r.handover_id = h.id and r.lifted_at is null
        where h.case_id = $1 and h.sender_id = coalesce({ME}, h.sender_id)
    )
$$
"""
ASKED = """
create function survey_asked(hash bytea, today date) returns table (
    content jsonb, language text, organisation_id uuid, closes_on date, is_answered boolean
)
language sql stable security definer set search_path = '' rows 1 as $$
    select s.content, s.language, s.organisation_id, s.closes_on, l.is_answered
    from public.survey_link l join public.survey s on s.id = l.survey_id
    where l.token_hash = $1 and s.state = 'open' and $2 between s.opens_on and s.closes_on
$$
"""
# The whole count is one row and written whole: which transaction wrote it last says who answered
# last, and of the answer nothing.
TAKE = """
create function survey_take(hash bytea, chosen text[], today date) returns boolean
language plpgsql security definer set search_path = '' as $$
declare found record; fitting integer;
begin
    select l.id, l.is_answered, s.id as survey_id, s.content into found
    from public.survey_link l join public.survey s on s.id = l.survey_id
    where l.token_hash = $1 and s.state = 'open' and $3 between s.opens_on and s.closes_on
    for update of l for key share of s;
    if found.id is null then
        return null;
    elsif found.is_answered then
        return false;
    end if;
    select count(distinct q ->> 'code') into fitting
    from jsonb_array_elements(found.content -> 'question') q,
        jsonb_array_elements(found.content -> 'scales' -> (q ->> 'scale')) o
    where (q ->> 'code') || '/' || (o ->> 'code') = any($2);
    if fitting <> jsonb_array_length(found.content -> 'question') or fitting <> cardinality($2) then
        raise exception 'an answer is one option of each question' using errcode = 'data_exception';
    end if;
    update public.survey_link set is_answered = true, address = null where id = found.id;
    insert into public.survey_count as total (id, survey_id, counts)
    select gen_random_uuid(), found.survey_id, jsonb_object_agg(one, 1) from unnest($2) one
    on conflict (survey_id) do update set counts = (
        select jsonb_object_agg(both_.key, both_.number) from (
            select each.key, sum(each.number) as number from (
                select before.key, before.value::integer as number
                from jsonb_each_text(total.counts) before
                union all select one, 1 from unnest($2) one
            ) each group by each.key
        ) both_
    );
    return true;
end $$
"""
PROGRESS = f"""
create function survey_progress(survey uuid)
returns table (invited bigint, mailed bigint, answered bigint)
language sql stable security definer set search_path = '' rows 1 as $$
    select count(*), count(*) filter (where l.mails > 0), count(*) filter (where l.is_answered)
    from public.survey_link l join public.survey s on s.id = l.survey_id
    where s.id = $1 and s.organisation_id = {ME}
$$
"""
EMPTIED = """
    select count(*), count(*) filter (where is_answered) into invited, answered
    from public.survey_link where survey_id = $1;
    delete from public.survey_link where survey_id = $1;
    delete from public.survey_count where survey_id = $1 returning survey_count.counts into counts;
    delete from public.outgoing_mail where subject_id = $1;"""
CLOSE = f"""
create function survey_close(survey uuid)
returns table (counts jsonb, invited integer, answered integer)
language plpgsql security definer set search_path = '' rows 1 as $$
#variable_conflict use_column
begin
    perform from public.survey s where s.id = $1 and s.state = 'open'
        and s.closes_on < (now() at time zone 'Europe/Copenhagen')::date for update;
    if not found then
        raise exception 'the survey is not over' using errcode = 'insufficient_privilege';
    end if;{EMPTIED}
    update public.survey s set state = 'closed', closed_at = now(), addresses = null,
        invited = survey_close.invited, answered = survey_close.answered, version = s.version + 1
    where s.id = $1;
    return next;
end $$
"""
STOP = f"""
create function survey_stop(survey uuid) returns void
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
declare counts jsonb; invited integer; answered integer;
begin
    perform from public.survey s
    where s.id = $1 and s.state = 'open' and s.organisation_id = {ME} for update;
    if not found then
        raise exception 'the survey is not open' using errcode = 'insufficient_privilege';
    end if;{EMPTIED}
    update public.survey s set state = 'closed', closed_at = now(), addresses = null,
        is_stopped = true, version = s.version + 1 where s.id = $1;
end $$
"""
GUARD = """
create function survey_guard() returns trigger
language plpgsql set search_path = '' as $$
declare of_worker text[] := array['addresses', 'begun_at', 'version'];
begin
    if current_user = 'samspil_app' and (old.state <> 'draft' or new.state = 'closed')
        or current_user = 'samspil_worker' and (old.state <> 'open'
            or to_jsonb(new) - of_worker <> to_jsonb(old) - of_worker)
    then
        raise exception 'an open survey is not changed' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
FUNCTIONS = {
    "survey_shields(uuid)": (SHIELDS, "samspil_app, samspil_worker"),
    "survey_asked(bytea, date)": (ASKED, "samspil_app"),
    "survey_take(bytea, text[], date)": (TAKE, "samspil_app"),
    "survey_progress(uuid)": (PROGRESS, "samspil_app"),
    "survey_close(uuid)": (CLOSE, "samspil_worker"),
    "survey_stop(uuid)": (STOP, "samspil_app"),
}
TABLES = "survey_result", "survey_count", "survey_link", "survey"


def upgrade() -> None:
    op.add_column(
        "outgoing_mail",
        sa.Column("is_fleeting", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("outgoing_mail", "is_fleeting", server_default=None)
    create_survey()
    create_inner()
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for name, (made, roles) in FUNCTIONS.items():
        op.execute(made)
        op.execute(f"revoke execute on function {name} from public")
        op.execute(f"grant execute on function {name} to {roles}")
        op.execute(f"alter function {name} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")
    op.execute(GUARD)
    op.execute("revoke execute on function survey_guard() from public")
    op.execute(
        "create trigger guard before update on survey for each row execute function survey_guard()"
    )


def create_survey() -> None:
    op.create_table(
        "survey",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), sa.ForeignKey("agreement.id")),
        sa.Column("reference", sa.Text(), nullable=False, unique=True),
        sa.Column("questionnaire", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB()),
        sa.Column("language", sa.Text(), nullable=False),
        *(
            sa.Column(day, sa.Date(), nullable=False)
            for day in ("first_day", "last_day", "opens_on", "closes_on")
        ),
        sa.Column("reminder_days", postgresql.JSONB(), nullable=False),
        sa.Column("addresses", postgresql.JSONB()),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text()),
        sa.Column("begun_at", sa.DateTime(timezone=True)),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("is_stopped", sa.Boolean(), nullable=False),
        sa.Column("invited", sa.Integer()),
        sa.Column("answered", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name="span"),
        sa.CheckConstraint("closes_on > opens_on", name="open"),
        sa.CheckConstraint("jsonb_array_length(reminder_days) <= 2", name="reminders"),
        sa.CheckConstraint("(state = 'draft') = (content is null)", name="content"),
        sa.CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed"),
        sa.CheckConstraint("state <> 'closed' or addresses is null", name="addresses"),
        sa.CheckConstraint("not is_stopped or state = 'closed'", name="stopped"),
    )
    op.create_index("ix_survey_list", "survey", ["organisation_id", "opens_on"])
    still = sa.text("state = 'open'")
    op.create_index("ix_survey_open", "survey", ["closes_on"], postgresql_where=still)
    op.create_index("ix_survey_agreement", "survey", ["agreement_id", "last_day"])


def create_inner() -> None:
    op.create_table(
        "survey_link",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "survey_id", sa.Uuid(), sa.ForeignKey("survey.id", ondelete="cascade"), nullable=False
        ),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False, unique=True),
        sa.Column("address", sa.Text()),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.CheckConstraint("not is_answered or address is null", name="answered"),
    )
    op.create_index("ix_survey_link_survey_id", "survey_link", ["survey_id"])
    op.create_table(
        "survey_count",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column(
            "survey_id",
            sa.Uuid(),
            sa.ForeignKey("survey.id", ondelete="cascade"),
            nullable=False,
            unique=True,
        ),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
    )
    op.create_table(
        "survey_result",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("organisation_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column(
            "survey_id", sa.Uuid(), sa.ForeignKey("survey.id", ondelete="cascade"), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("of", sa.Integer()),
        sa.Column("low", sa.Integer()),
        sa.Column("high", sa.Integer()),
        sa.UniqueConstraint("survey_id", "question"),
        sa.CheckConstraint("0 <= low and low <= high and high <= of", name="share"),
        sa.CheckConstraint("num_nulls(of, low, high) in (0, 3)", name="hidden"),
    )


def downgrade() -> None:
    op.execute("drop trigger guard on survey")
    op.execute("drop function survey_guard()")
    for name in reversed(FUNCTIONS):
        op.execute(f"drop function {name}")
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("outgoing_mail", "is_fleeting")
