"""regional projects: partners, who sees one, phases, risks, decisions and money

Who may see a project follows from its partners and from the councils of its municipalities: the
keeper's `project_parties` writes all its party rows anew whenever one of these changes.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0058"
down_revision = "0057"

JSON = postgresql.JSONB(none_as_null=True)
ROLES = "lead", "jobcentre", "a_kasse", "union", "employer", "school", "association", "secretariat"
STATES = "idea", "preparing", "running", "reporting", "evaluated", "closed", "stopped"
LIVE = "state in ('invited', 'taking_part')"
ME = "nullif(current_setting('samspil.organisation', true), '')::uuid"
# A council sees what has left the idea, on the days on which a municipality lies under it. Where an
# organisation could be both, the partner goes first, and what has ended goes last. A transaction's
# `now()` is before the moment that its action knows: hence the lesser.
PARTIES = """
create function project_parties(whose uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare its record;
begin
    select * into its from public.project p where p.id = whose for update;
    if its.id is null then
        return;
    end if;
    delete from public.project_party p where p.project_id = whose;
    insert into public.project_party (id, project_id, organisation_id, standing, role, leads,
        writes, valid_from, valid_until, reference, title, state, colour, trade, starts_on, ends_on,
        next_report_on, lead_id)
    select gen_random_uuid(), whose, one.organisation_id, one.standing, one.role,
        one.standing = 'partner' and one.role in ('lead', 'secretariat')
            and its.state not in ('closed', 'stopped'),
        one.standing = 'partner' and its.state not in ('closed', 'stopped'),
        one.since, one.until, its.reference, its.title, its.state, its.colour, its.trade,
        its.starts_on, its.ends_on, its.next_report_on, (
            select l.organisation_id from public.project_partner l where l.project_id = whose
            and l.role = 'lead' and l.state in ('invited', 'taking_part'))
    from (
        select distinct on (every.organisation_id) every.* from (
            select p.organisation_id,
                case p.state when 'invited' then 'invited' else 'partner' end standing,
                p.role, least(p.invited_at, now()) since,
                (p.valid_until + 1)::timestamp at time zone 'Europe/Copenhagen' until, 1 place
            from public.project_partner p
            where p.project_id = whose and p.state in ('invited', 'taking_part')
            union all
            select c.council_id, 'council', null,
                min(c.valid_from)::timestamp at time zone 'Europe/Copenhagen',
                nullif(max(coalesce(c.valid_until + 1, 'infinity')), 'infinity')::timestamp
                    at time zone 'Europe/Copenhagen', 2
            from public.project_municipality m
            join public.council_membership c on c.municipality_id = m.municipality_id
            where m.project_id = whose and its.state <> 'idea' group by c.council_id
        ) every
        order by every.organisation_id, coalesce(every.until, 'infinity') > now() desc, every.place,
            every.since desc
    ) one;
end $$
"""
# Of a new project its maker is the first partner: a council as secretariat, everybody else as lead.
CHANGED = """
create function project_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if tg_table_name = 'council_membership' then
        perform public.project_parties(m.project_id) from public.project_municipality m
        where m.municipality_id = (
            case tg_op when 'DELETE' then old.municipality_id else new.municipality_id end);
    elsif tg_table_name <> 'project' then
        perform public.project_parties(
            case tg_op when 'DELETE' then old.project_id else new.project_id end);
    elsif tg_op = 'INSERT' then
        insert into public.project_partner (id, project_id, organisation_id, role, state,
            valid_from, invited_by_id, invited_by, invited_at, answered_at, answered_by)
        select gen_random_uuid(), new.id, new.organisation_id,
            case o.kind when 'council' then 'secretariat' else 'lead' end, 'taking_part',
            least(new.starts_on, (new.made_at at time zone 'Europe/Copenhagen')::date),
            new.organisation_id, new.made_by, new.made_at, new.made_at, new.made_by
        from public.organisation o where o.id = new.organisation_id;
    else
        perform public.project_parties(new.id);
    end if;
    return null;
end $$
"""
STEPS = """
        ('idea', 'preparing'), ('preparing', 'running'), ('running', 'reporting'),
        ('reporting', 'running'), ('reporting', 'evaluated'), ('evaluated', 'closed'),
        ('idea', 'stopped'), ('preparing', 'stopped'), ('running', 'stopped'),
        ('reporting', 'stopped'), ('evaluated', 'stopped')"""
GUARD = f"""
create function project_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if new.starts_on <> old.starts_on or new.ends_on <> old.ends_on then
        if exists (select from public.project_budget b where b.project_id = new.id and b.year
            not between extract(year from new.starts_on) and extract(year from new.ends_on)) then
            raise exception 'there is money in a year outside the project'
                using errcode = 'check_violation';
        end if;
    end if;
    if current_user <> 'samspil_app' or new is not distinct from old then
        return new;
    end if;
    if old.state <> new.state and (old.state, new.state) not in ({STEPS}
    ) or old.state in ('closed', 'stopped') then
        raise exception 'a project does not go from % to %', old.state, new.state
            using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
# An invitation is answered by who is invited and taken back by the lead; roles and first days stay.
PARTNER = f"""
create function project_partner_guard() returns trigger
language plpgsql set search_path = '' as $$
declare
    me constant uuid := {ME};
    kind constant text := (select o.kind from public.organisation o where o.id = new.organisation_id);
begin
    if new.role = 'secretariat' and kind not in ('council', 'partner')
        or kind = 'council' and new.role <> 'secretariat' or kind = 'platform' then
        raise exception 'an organisation of the kind % is no %', kind, new.role
            using errcode = 'check_violation';
    end if;
    if {LIVE.replace("state", "new.state")} and exists (
        select from public.project_partner other where other.project_id = new.project_id
        and other.organisation_id = new.organisation_id and other.id <> new.id
        and {LIVE.replace("state", "other.state")}
        and daterange(other.valid_from, other.valid_until, '[]')
            && daterange(new.valid_from, new.valid_until, '[]')
    ) then
        raise exception 'an organisation takes part once at a time' using errcode = 'unique_violation';
    end if;
    if current_user <> 'samspil_app' or tg_op = 'UPDATE' and new is not distinct from old then
        return new;
    end if;
    if tg_op = 'INSERT' then
        if new.state <> 'invited' then
            raise exception 'nobody takes part who was not asked'
                using errcode = 'insufficient_privilege';
        end if;
        return new;
    end if;
    if (case old.state when 'invited' then
            case when old.organisation_id = me then new.state in ('taking_part', 'declined')
            else new.state = 'withdrawn' end and new.valid_until is not distinct from old.valid_until
        when 'taking_part' then new.state = 'taking_part' and new.answered_at = old.answered_at
            and new.answered_by = old.answered_by
        else false end)
    then
        return new;
    end if;
    raise exception 'no such step of a partner' using errcode = 'insufficient_privilege';
end $$
"""
# A year within the project, a holder that takes part; whoever does not lead tells what was used.
BUDGET = f"""
create function project_budget_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if tg_op = 'INSERT' and exists (select from public.project p where p.id = new.project_id
        and new.year not between extract(year from p.starts_on) and extract(year from p.ends_on)) then
        raise exception 'the year is outside the project' using errcode = 'check_violation';
    end if;
    if tg_op = 'INSERT' and exists (select from public.project p where p.id = new.project_id)
        and not exists (select from public.project_partner p where p.project_id = new.project_id
            and p.organisation_id = new.holder_id and {LIVE.replace("state", "p.state")}) then
        raise exception 'money lies with a partner' using errcode = 'check_violation';
    end if;
    if current_user = 'samspil_app' and tg_op = 'UPDATE' and new.granted <> old.granted
        and not exists (select from public.project_party own where own.project_id = new.project_id
            and own.organisation_id = {ME} and own.leads) then
        raise exception 'the lead says what is granted' using errcode = 'insufficient_privilege';
    end if;
    return new;
end $$
"""
FUNCTIONS = {
    "project_guard": GUARD,
    "project_partner_guard": PARTNER,
    "project_budget_guard": BUDGET,
}
TRIGGERS = (
    "create trigger guard before update on project for each row execute function project_guard()",
    "create trigger guard before insert or update on project_partner "
    "for each row execute function project_partner_guard()",
    "create trigger guard before insert or update on project_budget "
    "for each row execute function project_budget_guard()",
    "create trigger parties after insert or update on project "
    "for each row execute function project_changed()",
    "create trigger parties after insert or update or delete on project_partner "
    "for each row execute function project_changed()",
    "create trigger parties after insert or delete on project_municipality "
    "for each row execute function project_changed()",
    "create trigger project_parties after insert or update or delete on council_membership "
    "for each row execute function project_changed()",
)
TABLES = (
    "project_event",
    "project_budget",
    "project_decision",
    "project_risk",
    "project_move",
    "project_phase",
    "project_party",
    "project_municipality",
    "project_partner",
    "project",
)


def one_of(*values: str) -> sa.Enum:
    return sa.Enum(*values, name="one_of", native_enum=False, length=40)


def column(name: str, kind: Any, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=optional)


def text(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [column(name, sa.Text(), optional=optional) for name in names]


def day(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [column(name, sa.Date(), optional=optional) for name in names]


def at(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [column(name, sa.DateTime(timezone=True), optional=optional) for name in names]


def number(*names: str) -> list[sa.Column[Any]]:
    return [column(name, sa.Integer()) for name in names]


def key() -> sa.Column[Any]:
    return sa.Column("id", sa.Uuid(), primary_key=True)


def to(name: str, table: str = "organisation", *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), sa.ForeignKey(f"{table}.id"), nullable=optional)


def of_project() -> list[sa.Column[Any]]:
    whole = sa.ForeignKey("project.id", ondelete="cascade")
    return [key(), sa.Column("project_id", sa.Uuid(), whole, nullable=False), to("organisation_id")]


def check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def upgrade() -> None:
    project()
    partners()
    phases()
    beside()
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for name, made in {"project_parties(uuid)": PARTIES, "project_changed()": CHANGED}.items():
        op.execute(made)
        op.execute(f"revoke execute on function {name} from public")
        op.execute(f"alter function {name} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")
    for name, made in FUNCTIONS.items():
        op.execute(made)
        op.execute(f"revoke execute on function {name}() from public")
    for trigger in TRIGGERS:
        op.execute(trigger)


def project() -> None:
    op.create_table(
        "project",
        key(),
        to("organisation_id"),
        sa.Column("reference", sa.Text(), nullable=False, unique=True),
        *text("title", "type", "trade", "target_group", "purpose"),
        column("state", one_of(*STATES)),
        *day("starts_on", "ends_on"),
        column("colour", one_of("green", "yellow", "red")),
        *text("colour_reason", optional=True),
        *at("colour_at"),
        *day("next_report_on", optional=True),
        column("templates", JSON),
        *at("made_at"),
        *text("made_by"),
        *at("changed_at"),
        *number("revision"),
        check("span", "ends_on >= starts_on"),
        check("colour", "colour = 'green' or colour_reason is not null"),
        check("templates", "jsonb_array_length(templates) > 0"),
    )


def partners() -> None:
    op.create_table(
        "project_partner",
        *of_project(),
        column("role", one_of(*ROLES)),
        column("state", one_of("invited", "taking_part", "declined", "withdrawn")),
        *day("valid_from"),
        *day("valid_until", optional=True),
        to("invited_by_id"),
        *text("invited_by"),
        *at("invited_at"),
        *text("answered_by", optional=True),
        *at("answered_at", optional=True),
        *text("reason", "leaves", optional=True),
        check("span", "valid_until >= valid_from - 1"),
        check("lead", "role <> 'lead' or valid_until is null"),
        check("answered", "(state = 'invited') = (answered_at is null)"),
    )
    once = {"uq_project_partner_lead": (["project_id"], "role = 'lead'")}
    once |= {"uq_project_partner_once": (["project_id", "organisation_id"], "valid_until is null")}
    for name, (columns, when) in once.items():
        where = sa.text(f"{when} and {LIVE}")
        op.create_index(name, "project_partner", columns, unique=True, postgresql_where=where)
    op.create_index("ix_project_partner_of", "project_partner", ["organisation_id", "project_id"])
    op.create_table(
        "project_municipality",
        *of_project(),
        to("municipality_id"),
        sa.UniqueConstraint("project_id", "municipality_id"),
    )
    op.create_index(None, "project_municipality", ["municipality_id"])
    op.create_table(
        "project_party",
        *of_project(),
        column("standing", one_of("invited", "partner", "council")),
        column("role", one_of(*ROLES), optional=True),
        column("leads", sa.Boolean()),
        column("writes", sa.Boolean()),
        *at("valid_from"),
        *at("valid_until", optional=True),
        *text("reference", "title"),
        column("state", one_of(*STATES)),
        column("colour", one_of("green", "yellow", "red")),
        *text("trade"),
        *day("starts_on", "ends_on"),
        *day("next_report_on", optional=True),
        column("lead_id", sa.Uuid(), optional=True),
        sa.UniqueConstraint("project_id", "organisation_id"),
    )
    op.create_index("ix_project_party_list", "project_party", ["organisation_id", "project_id"])


def phases() -> None:
    op.create_table(
        "project_phase",
        *of_project(),
        column("kind", one_of("phase", "milestone")),
        *text("key", optional=True),
        *number("position"),
        *text("name"),
        *day("planned_from", "planned_until", "actual_from", "actual_until", optional=True),
        *number("revision"),
        sa.UniqueConstraint("id", "project_id"),
        check("planned", "(planned_from is null) = (planned_until is null)"),
        check("planned_span", "planned_until >= planned_from"),
        check("actual_span", "actual_until >= actual_from"),
        check("begun", "actual_until is null or actual_from is not null"),
        check(
            "one_day",
            "kind = 'phase' or planned_from is not distinct from planned_until "
            "and actual_from is not distinct from actual_until",
        ),
    )
    op.create_index("ix_project_phase_of", "project_phase", ["project_id", "position"])
    op.create_table(
        "project_move",
        *of_project(),
        sa.Column(
            "phase_id",
            sa.Uuid(),
            sa.ForeignKey("project_phase.id", ondelete="cascade"),
            nullable=False,
        ),
        *day("was_from", "was_until", "planned_from", "planned_until"),
        *text("reason"),
        *at("at"),
        *text("person"),
    )
    op.create_index("ix_project_move_of", "project_move", ["project_id", "at"])


def beside() -> None:
    op.create_table(
        "project_risk",
        *of_project(),
        *text("text"),
        column("level", one_of("low", "medium", "high")),
        *text("answer"),
        *at("written_at"),
        *text("written_by"),
        *day("closed_on", optional=True),
        *text("closed_by", optional=True),
        *number("revision"),
        check("closed", "(closed_on is null) = (closed_by is null)"),
    )
    op.create_index("ix_project_risk_of", "project_risk", ["project_id"])
    op.create_table(
        "project_decision",
        *of_project(),
        *day("decided_on"),
        *text("decided_by", "text"),
        *at("written_at"),
        *text("written_by"),
    )
    op.create_index("ix_project_decision_of", "project_decision", ["project_id", "decided_on"])
    op.create_table(
        "project_budget",
        *of_project(),
        to("holder_id"),
        *text("fund"),
        *number("year"),
        *(column(name, sa.BigInteger()) for name in ("granted", "committed", "spent")),
        *at("changed_at"),
        *text("changed_by"),
        *number("revision"),
        sa.UniqueConstraint("project_id", "fund", "year", "holder_id"),
        check("spent", "0 <= spent and spent <= committed"),
        check("committed", "committed <= granted"),
    )
    op.create_table(
        "project_event",
        *of_project(),
        *text("person"),
        *at("at"),
        *text("step"),
        column("source", one_of(*STATES), optional=True),
        column("target", one_of(*STATES)),
        *text("reason", optional=True),
        column("detail", JSON),
        *text("form_key", optional=True),
    )
    op.create_index("ix_project_event_of", "project_event", ["project_id", "at"])
    op.create_index(
        "uq_project_event_form",
        "project_event",
        ["project_id", "form_key"],
        unique=True,
        postgresql_where=sa.text("form_key is not null"),
    )


def downgrade() -> None:
    op.execute("drop trigger project_parties on council_membership")
    for table in TABLES:
        op.drop_table(table)
    op.execute("drop function project_changed(), project_parties(uuid)")
    for name in FUNCTIONS:
        op.execute(f"drop function {name}()")
