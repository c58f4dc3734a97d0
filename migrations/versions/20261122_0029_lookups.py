"""look-ups of one citizen, for the report that the citizen has a right to

Across what the asking organisation has of the citizen: its case, and the packages that it takes or
took part in. Of others' look-ups only those in packages in which it takes part still, and never a
person's name: the right is to days, purposes and organisations (Datatilsynet 2024-32-0283).
"""

from alembic import op

revision = "0029"
down_revision = "0028"

# A refusal of these kinds showed nothing.
LOOKUPS = """
create function citizen_lookups(index bytea, named text) returns table (at timestamptz,
    organisation_id uuid, action text, purpose text, subject_type text, subject_id uuid,
    reference text)
language sql stable security definer set search_path = '' rows 100 as $$
    with me as (
        select nullif(current_setting('samspil.organisation', true), '')::uuid as id
    ), named_packages as (
        select p.handover_id as id, p.cpr_index from public.handover h
        join public.handover_party p on p.handover_id = h.id, me
        where h.reference = $2 and p.organisation_id = me.id
    ), whom as (
        select $1 as index where $1 is not null
        union select n.cpr_index from named_packages n where n.cpr_index is not null
        union select c.cpr_index from public.member_case c, me
            where c.organisation_id = me.id and c.own_reference = $2 and c.cpr_index is not null
    ), cases as (
        select c.id from public.member_case c, me
            where c.organisation_id = me.id and c.cpr_index in (select index from whom)
        union select c.id from public.member_case c, me
            where c.organisation_id = me.id and c.own_reference = $2
        union select h.case_id from public.handover h, me
            where h.sender_id = me.id and h.reference = $2
    ), ids as (
        select n.id from named_packages n
        union select p.handover_id from public.handover_party p, me
            where p.organisation_id = me.id and p.cpr_index in (select index from whom)
        union select h.id from public.handover h where h.case_id in (select id from cases)
    ), packages as (
        select p.handover_id as id, p.reference,
            p.valid_from <= now() and coalesce(p.valid_until, 'infinity') > now() as runs
        from public.handover_party p, me
        where p.organisation_id = me.id and p.handover_id in (select id from ids)
    ), about as (
        select id, reference, runs from packages union select id, null, false from cases
    )
    select a.at, a.organisation_id, a.action, a.purpose, a.subject_type, a.subject_id,
        about.reference
    from about join public.audit_event a on a.subject_id = about.id cross join me
    where a.outcome not in ('refused 403', 'refused 404', 'refused 429')
    and (a.organisation_id = me.id or about.runs and exists (
        select from public.handover_party party
        where party.handover_id = about.id and party.organisation_id = a.organisation_id))
    order by a.at desc, a.id
$$
"""
ASKED = "citizen_lookups(bytea, text)"


def upgrade() -> None:
    op.execute(LOOKUPS)
    op.execute(f"revoke execute on function {ASKED} from public")
    op.execute(f"grant execute on function {ASKED} to samspil_app, samspil_worker")
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute(f"alter function {ASKED} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    op.execute(f"drop function {ASKED}")
