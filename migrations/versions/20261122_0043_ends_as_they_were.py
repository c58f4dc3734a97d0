"""ends as they were: what the guards of before did not know of closing, opening again, correcting

Plain SQL as one of the parties could say that a package was closed from elsewhere and open it
there, contest again and again, and correct what was sent without a word to the other party.
"""

from alembic import context, op

revision = "0043"
down_revision = "0042"

# A day too coarse to be a rule: the rules of `portal` are far within, and know working days.
LONG_AGO = "old.closed_at > now() - interval '{}'"
CONTESTED = "        and (step.step <> 'contest' or old.contested_at is null)\n"
ENDS = f"""        and (step.step <> 'contest' or old.contested_at is null
            and new.contested_at is not null and {LONG_AGO.format("60 days")})
        and (step.step <> 'reset' or {LONG_AGO.format("60 days")})
        and (new.closed_at is null or old.closed_at is not null
            or (new.closed_from is null or new.closed_from = case old.state
                when 'meeting_planned' then 'accepted' else old.state end)
            and (new.closed_side is null or new.closed_side = case when step.ends = 'asked'
                then case side when 'sender' then 'receiver' else 'sender' end else side end))
"""
UNTOUCHED = "and new.registered_on is null and new.receiver_person_id is null"
NOR_SINCE = f"""{UNTOUCHED}
        and num_nonnulls(new.pending, new.days_left, new.signoff_person_id, new.signoff_person,
            new.hold_until, new.hold_reason, new.hold_for, new.hold_left, new.closed_from,
            new.closed_side, new.superseded_by_id, new.contested_at) = 0"""
TOLD = "any(step.sides)\n        and new.source"
TOLD_BY_ITSELF = """any(step.sides)
        and (package.closed_side is null or step.ends = 'asked' or package.closed_side
            = public.handover_side(package.sender_id, package.receiver_id))
        and new.source"""
OPEN = "closed_at is not null or num_nonnulls(closed_from, closed_side) = 0"
# When the transaction ends, what was changed of what was sent stands beside it.
CORRECTED = """
create function handover_corrected_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
    if current_user <> 'samspil_app' or old.sent_at is null or new.state <> old.state or exists (
        select from public.handover_amendment told
        join public.handover package on package.id = told.handover_id
        where told.handover_id = new.id and told.at = package.changed_at
        and told.side = public.handover_side(new.sender_id, new.receiver_id)
        and (new.content_number = old.content_number or told.number = new.content_number
            and new.content_number > old.content_number)
        and ((new.responsible_from, new.responsible_source)
            is not distinct from (old.responsible_from, old.responsible_source)
            or told.path = 'responsible_from'
            and told.new #>> '{}' is not distinct from new.responsible_from::text)
    ) then
        return null;
    end if;
    raise exception 'what was sent is corrected where the other party reads it'
        using errcode = 'insufficient_privilege';
end $$
"""
READ = "content.content -> new.path is not distinct from new.new"
# The content of before, and in it that part alone another; who received it corrects its own day.
READ_BESIDE = f"""{READ}
        and exists (select from public.handover_content before
            where before.handover_id = new.handover_id and before.number = (
                select max(number) from public.handover_content former
                where former.handover_id = new.handover_id and former.number < new.number)
            and coalesce(before.content -> new.path, 'null') = new.old
            and before.content - array[new.path, 'responsible_source']
                = content.content - array[new.path, 'responsible_source']
            and (new.path = 'responsible_from' or before.content -> 'responsible_source'
                is not distinct from content.content -> 'responsible_source'))"""
UNNUMBERED = "(new.number is null or exists"
OWN_DAY = """(new.number is null and (tg_op = 'UPDATE' or new.path = 'responsible_from'
        and new.new #>> '{}' is not distinct from package.responsible_from::text) or exists"""
# Of a package made in error goes also where one was to meet.
MASKED = "key in ('alternative', 'source')"
MASKED_TOO = "key in ('alternative', 'source', 'place', 'video_link')"
PURGED = "set participants = null where handover_id = new.id;"
PURGED_TOO = """set participants = null,
        place = case when place is not null then '–' end,
        video_link = case when video_link is not null then '–' end where handover_id = new.id;
    update public.handover_request set detail = detail - array['place', 'video_link']
    where handover_id = new.id;"""
CHANGES = (
    ("handover_purge", MASKED, MASKED_TOO),
    ("handover_purge", PURGED, PURGED_TOO),
    ("handover_guard", CONTESTED, ENDS),
    ("handover_beginning", UNTOUCHED, NOR_SINCE),
    ("handover_event_guard", TOLD, TOLD_BY_ITSELF),
    ("handover_amendment_guard", READ, READ_BESIDE),
    ("handover_amendment_guard", UNNUMBERED, OWN_DAY),
)


def upgrade() -> None:
    rewrite = context.script.get_revision("0032").module.rewrite
    for function, old, new in CHANGES:
        rewrite(function, old, new)
    op.create_check_constraint("open", "handover", OPEN)
    op.execute(CORRECTED)
    op.execute("revoke execute on function handover_corrected_guard() from public")
    op.execute(
        "create constraint trigger corrected after update on handover deferrable initially deferred"
        " for each row when ((new.content_number, new.responsible_from, new.responsible_source)"
        " is distinct from (old.content_number, old.responsible_from, old.responsible_source))"
        " execute function handover_corrected_guard()"
    )
    op.drop_constraint("fk_life_event_user_id", "life_event")
    op.create_foreign_key(
        "fk_life_event_user_id_organisation_id",
        "life_event",
        "user",
        ["user_id", "organisation_id"],
        ["id", "organisation_id"],
    )


def downgrade() -> None:
    rewrite = context.script.get_revision("0032").module.rewrite
    op.drop_constraint("fk_life_event_user_id_organisation_id", "life_event")
    op.create_foreign_key("fk_life_event_user_id", "life_event", "user", ["user_id"], ["id"])
    op.execute("drop trigger corrected on handover")
    op.execute("drop function handover_corrected_guard()")
    op.drop_constraint("open", "handover", type_="check")
    for function, old, new in reversed(CHANGES):
        rewrite(function, new, old)
