"""what a merger leaves: references of what was rejected go along, and who was named there does not

What one could read no more, or only for some days yet, its successor can read no longer either.
"""

from alembic import context

revision = "0083"
down_revision = "0082"

LAST = "    update public.handover_party set letters = letters where handover_id = package;\n"
ALONG = """    update public.handover_reference set organisation_id = heir, readers =
        (select p.readers from public.handover_party p
            where p.handover_id = package and p.organisation_id = heir)
    where handover_id = package and organisation_id = former;
    update public.handover_reference set other_id = heir
    where handover_id = package and other_id = former;
    delete from public.handover_reader
    where handover_id = package and organisation_id = former;
"""
SENDER = """            (id, handover_id, organisation_id, side, valid_from, content_until)
        select gen_random_uuid(), new.id, new.sender_id, 'sender', now(), former.content_until
        from public.handover_party former
        where former.handover_id = new.id and former.organisation_id = old.sender_id
        on conflict (handover_id, organisation_id)
            do update set side = 'sender', valid_from = now(), valid_until = null;
        update public.handover_party set valid_until = now()
"""
SENDER_AS_LONG = """            (id, handover_id, organisation_id, side, valid_from, valid_until, content_until)
        select gen_random_uuid(), new.id, new.sender_id, 'sender', least(now(), former.valid_until),
            former.valid_until, former.content_until
        from public.handover_party former
        where former.handover_id = new.id and former.organisation_id = old.sender_id
        on conflict (handover_id, organisation_id)
            do update set side = 'sender', valid_from = now(), valid_until = excluded.valid_until;
        update public.handover_party set valid_until = least(valid_until, now())
"""
RECEIVER = """        update public.handover_party set valid_until = now()
        where handover_id = new.id and organisation_id = old.receiver_id;
        insert into public.handover_party (id, handover_id, organisation_id, side, valid_from)
        values (gen_random_uuid(), new.id, new.receiver_id, 'receiver', now())
        on conflict (handover_id, organisation_id)
            do update set valid_from = now(), valid_until = null;
"""
RECEIVER_AS_LONG = """        insert into public.handover_party
            (id, handover_id, organisation_id, side, valid_from, valid_until)
        select gen_random_uuid(), new.id, new.receiver_id, 'receiver',
            least(now(), former.valid_until), former.valid_until
        from public.handover_party former
        where former.handover_id = new.id and former.organisation_id = old.receiver_id
        on conflict (handover_id, organisation_id)
            do update set valid_from = now(), valid_until = excluded.valid_until;
        update public.handover_party set valid_until = least(valid_until, now())
        where handover_id = new.id and organisation_id = old.receiver_id;
"""
REWRITTEN = (
    ("handover_inherited", LAST, ALONG + LAST),
    ("handover_parties", SENDER, SENDER_AS_LONG),
    ("handover_parties", RECEIVER, RECEIVER_AS_LONG),
)


def upgrade() -> None:
    for function, old, new in REWRITTEN:
        context.script.get_revision("0032").module.rewrite(function, old, new)


def downgrade() -> None:
    for function, old, new in REWRITTEN[::-1]:
        context.script.get_revision("0032").module.rewrite(function, new, old)
