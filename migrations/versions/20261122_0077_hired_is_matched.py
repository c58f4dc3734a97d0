"""who is hired on a job order is matched, in the story of the candidate's own organisation

Who keeps the order tells when and as what; the keeper's `job_candidate_matched` writes the event
that only the candidate's organisation reads, once, and strikes it out if the outcome is set right.
"""

import sqlalchemy as sa
from alembic import op

revision = "0077"
down_revision = "0076"

PERSON = ["participant_id", "project_id", "organisation_id"]
MATCHED = """
create function job_candidate_matched() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    is_hired constant boolean := new.outcome is not distinct from 'hired' and new.form is not null;
    told record;
    who record;
begin
    select e.* into told from public.participant_event e
    where e.job_order_id = new.order_id and e.participant_id = new.participant_id
        and e.kind = 'matched' and e.replaced_by_id is null and not e.is_void
    order by e.recorded_at desc limit 1;
    if is_hired and told.timing = new.timing and told.form = new.form
        or not is_hired and told.id is null then
        return null;
    end if;
    select p.model, o.company_id, p.anonymised_on into who
    from public.participant p, public.job_order o
    where p.id = new.participant_id and o.id = new.order_id;
    if who.anonymised_on is not null then
        return null;
    end if;
    insert into public.participant_event (id, participant_id, project_id, organisation_id, kind,
        day, model, timing, form, reason, company_id, job_order_id, form_key, replaces_id, is_void,
        recorded_at, recorded_by)
    values (gen_random_uuid(), new.participant_id, new.project_id, new.organisation_id, 'matched',
        case when is_hired then new.outcome_on else told.day end,
        case when is_hired then who.model else told.model end,
        case when is_hired then new.timing else told.timing end,
        case when is_hired then new.form else told.form end,
        case when not is_hired then 'Udfaldet af jobordren er rettet' end,
        who.company_id, new.order_id, 'job_candidate ' || new.id || ' ' || gen_random_uuid(),
        told.id, not is_hired, now(), coalesce(new.outcome_by, new.added_by));
    return null;
end $$
"""
TRIGGER = """
create trigger matched after insert or update of outcome, timing, form on job_candidate
for each row execute function job_candidate_matched()
"""
TELLS_ALL = """
create function job_candidate_told() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user = 'samspil_app' and new.outcome = 'hired' and new.form is null then
        raise exception 'a hire has a time and a form' using errcode = 'check_violation';
    end if;
    return new;
end $$
"""
TOLD = """
create trigger told before update of outcome, timing, form on job_candidate
for each row execute function job_candidate_told()
"""


def one_of(*values: str) -> sa.Enum:
    return sa.Enum(*values, name="one_of", native_enum=False, length=40)


def upgrade() -> None:
    forms = one_of("ordinary", "apprentice", "adult_apprentice", "internship", "wage_subsidy")
    timings = one_of("before", "during", "after")
    op.add_column("job_candidate", sa.Column("timing", timings, nullable=True))
    op.add_column("job_candidate", sa.Column("form", forms, nullable=True))
    op.create_check_constraint("match", "job_candidate", "(timing is null) = (form is null)")
    hired = "form is null or outcome is not distinct from 'hired'"
    op.create_check_constraint("hired", "job_candidate", hired)
    op.create_index("ix_job_candidate_of", "job_candidate", ["participant_id"])
    whole = ["id", *PERSON[1:]]
    op.create_foreign_key(None, "job_candidate", "participant", PERSON, whole, ondelete="cascade")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    for function, trigger in ((MATCHED, TRIGGER), (TELLS_ALL, TOLD)):
        op.execute(function)
        op.execute(trigger)
    for name in ("job_candidate_matched", "job_candidate_told"):
        op.execute(f"revoke execute on function {name}() from public")
    op.execute("alter function job_candidate_matched() owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    for name, trigger in (("matched", "matched"), ("told", "told")):
        op.execute(f"drop trigger {trigger} on job_candidate")
        op.execute(f"drop function job_candidate_{name}()")
    name = "fk_job_candidate_participant_id_project_id_organisation_id"
    op.drop_constraint(op.f(name), "job_candidate", type_="foreignkey")
    op.drop_index("ix_job_candidate_of", "job_candidate")
    for column in ("timing", "form"):
        op.drop_column("job_candidate", column)
