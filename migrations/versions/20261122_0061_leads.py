"""the lead of a project hands over: two partners change roles at once, and none leads between

Of two rows the web changes one after the other, and after the first it may not change the second.
"""

from alembic import op

revision = "0061"
down_revision = "0060"

HAND_OVER = """
create function project_hand_over(partner uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare
    me constant uuid := nullif(current_setting('samspil.organisation', true), '')::uuid;
    next_ record;
begin
    select p.* into next_ from public.project_partner p join public.project_party own
        on own.project_id = p.project_id and own.organisation_id = me and own.leads
        and own.valid_from <= now() and coalesce(own.valid_until, 'infinity') > now()
    where p.id = partner and p.state = 'taking_part' and p.valid_until is null
        and p.role <> 'secretariat';
    if next_.id is null then
        raise exception 'the lead hands over to a partner' using errcode = 'insufficient_privilege';
    end if;
    update public.project_partner p set role = case o.kind when 'municipality' then 'jobcentre'
        when 'unemployment_fund' then 'a_kasse' else 'association' end
    from public.organisation o where o.id = p.organisation_id
        and p.project_id = next_.project_id and p.role = 'lead' and p.state = 'taking_part';
    update public.project_partner p set role = 'lead' where p.id = next_.id;
end $$
"""
NAME = "project_hand_over(uuid)"


def upgrade() -> None:
    op.execute("grant create on schema public to samspil_keeper")  # as long as it takes to own
    op.execute(HAND_OVER)
    op.execute(f"revoke execute on function {NAME} from public")
    op.execute(f"grant execute on function {NAME} to samspil_app")
    op.execute(f"alter function {NAME} owner to samspil_keeper")
    op.execute("revoke create on schema public from samspil_keeper")


def downgrade() -> None:
    op.execute(f"drop function {NAME}")
