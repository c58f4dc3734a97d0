"""The copy for the member: what was sent, and what happens now, in words written to the member.

Only frozen content and what was agreed at the meeting come in here: no note, no message, no
question of one authority to another.
"""

from portal import pdf
from portal.cases.models import CriterionAnswer
from portal.clock import day_of
from portal.db import Json
from portal.handovers import documents, passages
from portal.handovers.documents import Version
from portal.handovers.models import Kind, State
from portal.handovers.queries import Package

ENDED = {
    State.REJECTED: "{receiver} har ikke taget imod overdragelsen. "
    "Dit forløb fortsætter i {sender}.",
    State.WITHDRAWN: "{sender} har trukket overdragelsen tilbage. "
    "Spørg din kontaktperson i a-kassen, hvis du er i tvivl om, hvad der sker nu.",
    State.OBSOLETE: "Overdragelsen er ikke længere aktuel. "
    "Spørg din kontaktperson i a-kassen, hvis du er i tvivl om, hvad der sker nu.",
    State.SUPERSEDED: "Overdragelsen er erstattet af en nyere.",
}


def member_copy(version: Version, package: Package) -> pdf.MemberCopy:
    """The newest content with the meeting as it stands."""
    content, handover = version.content, version.handover
    name = content["member"]["name"]
    made: pdf.MemberCopy = {
        "letter": documents.letter(version, [name]),
        "name": name,
        "contacts": (documents.sender(version), documents.receiver(version)),
        "summary": content.get("summary") or "",
        "plan": passages.plan(content),
        "next": ahead(version, package),
    }
    if handover.state in ENDED:
        made["ended"] = ENDED[handover.state].format(**vars(version.names))
    if handover.responsible_from:
        made["responsible_from"] = passages.long_day(handover.responsible_from)
    if handover.kind == Kind.VISITATION:
        made["why"] = why(content)
    if handover.fund_attends is not None:
        made["wish"] = wish(handover.fund_attends)
    if content.get("efforts"):
        made["efforts"] = [passages.effort(row) for row in content["efforts"]]
    if considerations := passages.lines(content.get("considerations")):
        made["considerations"] = considerations
    if content.get("member_comment"):
        made["comment"] = content["member_comment"]
    documents.tell_of_meeting(made, package)
    return made


def why(content: Json) -> str:
    """The criteria that are met, never the adviser's words about the member."""
    answers = (content.get("assessment") or {}).get("answers", ())
    met = [row["label"] for row in answers if row["answer"] == CriterionAnswer.YES]
    words = "A-kassen og kommunen har aftalt, hvornår et medlem kan overgå tidligere end ellers."
    return f"{words} For dig gælder: {'; '.join(met)}." if met else words


def wish(fund_attends: bool) -> str:
    if fund_attends:
        return "Du vil gerne have a-kassen med."
    return "Du vil ikke have a-kassen med."


def ahead(version: Version, package: Package) -> list[pdf.Deadline]:
    """What the member will notice; deadlines between the two authorities are not the member's."""
    handover, names = version.handover, version.names
    rows: list[pdf.Deadline] = []
    if handover.state in ENDED:
        return rows
    meeting = package.live_meeting
    if meeting:
        word = passages.meeting_word(day_of(meeting.starts_at), with_fund=handover.fund_attends)
        when = passages.day(day_of(meeting.starts_at))
        rows.append({"due": when, "step": word.capitalize(), "who": f"{names.receiver} og dig"})
    elif not package.minutes:
        invited = "Du bliver indkaldt til en samtale"
        rows.append({"due": "Senere", "step": invited, "who": names.receiver})
    if package.minutes:
        last = package.minutes[-1]
        when, who = passages.day(last.next_contact_on), last.next_contact_person
        rows.append({"due": when, "step": "Næste kontakt", "who": who})
    if handover.responsible_from:
        when, step = passages.day(handover.responsible_from), "Kommunen overtager dit forløb"
        rows.append({"due": when, "step": step, "who": names.receiver})
    return rows
