"""Documents: data in, an accessible PDF out (PDF/UA-1 and PDF/A-2a). Same data, same bytes.

Render once, when the content is sealed; store the bytes and their SHA-256; never render again.

What a template wants is said by its TypedDict. Everything in it is text as the reader shall see it:
days written out ("20. november 2026"), CPR numbers masked, amounts with their unit. Three rules:
a key left out leaves its section out; an empty list or text keeps the section and says that nothing
is known; in running text a blank line parts paragraphs. No text is ever read as markup.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, overload

from portal.printable import fonts, has_endless_word, printable

if TYPE_CHECKING:
    import typst

TEMPLATES = Path(__file__).parent.parent / "templates" / "pdf"
STANDARDS: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]

Fact = tuple[str, str]
"""What it is, and what it is here."""


class Flawed(RuntimeError):
    """The document was made, but with warnings: a fault in a template."""


class Sender(TypedDict):
    name: str
    lines: NotRequired[list[str]]  # address


class Letter(TypedDict):
    """The frame of every document. The footer shows reference, day, version and hash."""

    sender: Sender
    receiver: NotRequired[list[str]]  # name and address, a line each
    reference: str
    version: str  # of the content: "2"
    dated: str  # the day of sending or signing: "20. november 2026"
    hash: NotRequired[str]  # SHA-256 of the sealed content, in hex; left out while unsealed
    mark: NotRequired[str]  # on every page, for what is not in force: "Kladde"


class Contact(TypedDict):
    organisation: str
    person: str  # with title; "Ikke tildelt endnu" where nobody is assigned
    unit: NotRequired[str]
    mail: NotRequired[str]  # the unit's functional mailbox, nobody's own
    phone: NotRequired[str]
    stand_in: NotRequired[str]


class Member(TypedDict):
    name: str
    cpr: str  # masked, or "Ikke oplyst"


class Event(TypedDict):
    day: str
    what: str  # kind and form: "Samtale ved fremmøde"
    more: NotRequired[str]  # outcome, reason of absence


class Plan(TypedDict):
    job_goals: list[str]
    focus_areas: list[str]
    search_strategy: str
    original: NotRequired[str]  # "Min Plan på Jobnet, senest ændret 2. november 2026"


class Effort(TypedDict):
    effort: str
    period: str
    status: str
    follow_up: NotRequired[str]


class Criterion(TypedDict):
    criterion: str
    answer: str  # "Ja", "Nej", "Ved ikke"
    consequence: str  # for the job search, never a diagnosis


class Assessment(TypedDict):
    """VISITATION demands it; for OVERGANG it is there if somebody made it."""

    criteria: list[Criterion]  # those that an adviser judged
    statutory: NotRequired[list[Criterion]]  # those that follow from the law
    rule: NotRequired[str]  # how many must be met, and whether they are
    decision: str  # the adviser's, with the reason
    by: str  # who and when


class Informed(TypedDict):
    """That the member knows what is sent: information, not consent."""

    day: str
    channel: str
    comment: str  # the member's own


class Question(TypedDict):
    question: str
    asked: str  # "24. november 2026, Jonas Skabelon"
    answer: str  # or why it cannot be told
    answered: str


class Meeting(TypedDict):
    word: str  # "Fællessamtale", or "Samtale" where the a-kasse takes no part
    when: str
    where: str
    present: NotRequired[list[str]]
    called_in: NotRequired[str]  # "Indkaldt 25. november 2026 via Jobnet"


class Kept(TypedDict):
    goal: str
    outcome: str  # "Fortsætter", "Ændret", "Udgår"
    reason: str


class Minutes(TypedDict):
    text: str
    goals: list[Kept]
    next_contact: str  # day and named person


class Deadline(TypedDict):
    due: str
    step: str
    who: str


class Notice(TypedDict):
    head: str
    text: str


class Attachment(TypedDict):
    name: str
    size: str
    checksum: str  # SHA-256 in full, in pieces
    added: NotRequired[str]  # "24. november 2026 kl. 10.00 af Jonas Skabelon, Lillekøbing Kommune"


class Joint(TypedDict):
    """What a meeting adds, once there is one."""

    meeting: NotRequired[Meeting]
    minutes: NotRequired[Minutes]


class Returned(TypedDict):
    """Why a course goes back to the fund, and what the municipality hands over with it."""

    ground: str
    done: str
    remaining: str


class Sometimes(TypedDict):
    """The sections of a package that are left out where there is nothing to say."""

    notice: NotRequired[Notice]  # what the receiver must do first, and by when
    returned: NotRequired[Returned]  # of what goes back to the fund
    recommendations: NotRequired[list[Event]]  # to the municipality, still open
    considerations: NotRequired[str]  # in the search for jobs, never a diagnosis
    assessment: NotRequired[Assessment]
    questions: NotRequired[list[Question]]
    attachments: NotRequired[list[Attachment]]


class Package(Joint, Sometimes):
    """`package.typ`: the handover package as the receiver reads it."""

    letter: Letter
    kind: str  # "Overgang efter reglerne", "Visitation efter aftalte kriterier"
    member: Member
    responsible_from: str  # "mandag den 7. december 2026", or "Ikke fastsat"
    responsible_source: NotRequired[str]  # who or what says so, or the forecast's reason
    agreement: str  # with version and day, or that the default terms rule and why
    wish: NotRequired[str]  # the member's, on the a-kasse's presence at the meeting
    facts: NotRequired[list[Fact]]  # more rows of the overview: start of the benefit period …
    contacts: tuple[Contact, Contact]  # sender, receiver
    summary: str
    contact_course: list[Event]
    course_facts: NotRequired[list[Fact]]  # profile clarification, company-based efforts …
    plan: Plan
    efforts: list[Effort]
    informed: Informed
    next: list[Deadline]
    receipt: list[Fact]  # "Sendt", "Modtaget", "Accepteret": when and by whom


class MemberCopy(Joint):
    """`member_copy.typ`: for the member, in plain words. Give it no internal note."""

    letter: Letter
    name: str
    ended: NotRequired[str]  # that nothing comes of it, and what then
    responsible_from: NotRequired[str]  # left out while nobody has fixed the day
    why: NotRequired[str]  # VISITATION: why already now, in words for the member
    wish: NotRequired[str]  # left out where the rule set gives the member no choice
    contacts: tuple[Contact, Contact]
    summary: str
    plan: Plan
    efforts: NotRequired[list[Effort]]
    considerations: NotRequired[list[str]]  # consequences for the job search that were agreed on
    comment: NotRequired[str]  # the member's own
    next: list[Deadline]


class AgreementParty(TypedDict):
    name: str
    side: str  # "A-kasse", "Kommune"
    note: NotRequired[str]  # "Koordinerer for de øvrige a-kasser"


class Section(TypedDict):
    heading: str
    text: str


class Parameter(TypedDict):
    name: str  # "Kvittering for modtaget pakke"
    value: str  # "2 arbejdsdage"
    note: NotRequired[str]


class AgreedCriterion(TypedDict):
    criterion: str  # with its last day, where it has one
    guidance: str
    basis: str  # what a yes rests on at least
    sensitivity: str


class Goal(TypedDict):
    goal: str
    target: str
    measured: str  # method and source


class AgreementContact(TypedDict):
    organisation: str
    person: str
    role: str
    reach: str  # telephone and mail
    stand_in: NotRequired[str]


class Signature(TypedDict):
    organisation: str
    person: str  # with title
    day: str


class Agreement(TypedDict):
    """`agreement.typ`: what the parties have agreed on, one version of it."""

    letter: Letter
    title: str  # "Samarbejdsaftale om overgang fra a-kasse til kommune"
    parties: list[AgreementParty]
    valid_from: str
    valid_until: str  # "Indtil den opsiges"
    termination: NotRequired[str]
    covers: list[str]  # which kinds of handover
    facts: NotRequired[list[Fact]]  # more rows of the overview
    notice: NotRequired[Notice]  # what every reader must know first
    sections: list[Section]
    parameters: list[Parameter]  # deadlines, cadences
    criteria: list[AgreedCriterion]  # those that an adviser judges
    statutory: NotRequired[list[AgreedCriterion]]  # those that follow from the law
    rule: NotRequired[str]  # how many of them must be met, in one sentence or two
    reasons: NotRequired[list[str]]  # for which a visitation may be rejected
    plan: list[str]  # what a plan must hold at the handover
    goals: list[Goal]
    contacts: list[AgreementContact]
    signatures: NotRequired[list[Signature]]
    signed: NotRequired[str]  # what kind of signatures they are
    versions: NotRequired[list[Fact]]  # number and days of each
    sources: list[str]


class Trend(TypedDict):
    """Some figures of a goal one after another; `alt` says them all."""

    label: str
    text: str
    alt: str
    picture: dict[str, Any]  # of portal.charts.Trend


class Curve(TypedDict):
    """Shares by weeks; `alt` says the curve in a sentence, `end` its last share."""

    alt: str
    end: str
    axis: str
    picture: dict[str, Any]  # of portal.charts.CurvePicture


class BarRow(TypedDict):
    label: str
    series: int  # which of the names, from 0
    value: str  # in words, also where nothing is shown
    width: float  # in hundredths of the whole


class Bars(TypedDict):
    """Bars of a few series, told apart by their pattern; `alt` says all of them."""

    alt: str
    names: list[str]
    rows: list[BarRow]


class Passage(TypedDict):
    """A section of a paper: words, points, pictures, and a table under its headings."""

    heading: str
    text: NotRequired[str]
    points: NotRequired[list[str]]
    trends: NotRequired[list[Trend]]
    curve: NotRequired[Curve]
    curves: NotRequired[list[Curve]]
    bars: NotRequired[Bars]
    heads: NotRequired[list[str]]
    rows: NotRequired[list[list[str]]]
    widths: NotRequired[list[float]]  # of the columns, to each other; the first wider by default


class Paper(TypedDict):
    """`paper.typ`: agenda with figures, minutes, a committee's paper, or a year of meetings."""

    letter: Letter
    title: str
    about: str  # of the file, never a person's name
    subtitle: NotRequired[str]
    numbered: bool
    facts: NotRequired[list[Fact]]
    sections: list[Passage]


class Booklet(TypedDict):
    """`booklet.typ`: a cover, contents, and chapters with pictures."""

    letter: Letter
    title: str
    about: str  # of the file, never a person's name
    kicker: str  # over the name on the cover
    name: str
    facts: list[Fact]
    contents: str  # what the list of chapters is called
    chapters: list[Passage]


@overload
def render(template: Literal["package"], data: Package, *, at: datetime) -> bytes: ...
@overload
def render(template: Literal["member_copy"], data: MemberCopy, *, at: datetime) -> bytes: ...
@overload
def render(template: Literal["agreement"], data: Agreement, *, at: datetime) -> bytes: ...
@overload
def render(template: Literal["paper"], data: Paper, *, at: datetime) -> bytes: ...
@overload
def render(template: Literal["booklet"], data: Booklet, *, at: datetime) -> bytes: ...
def render(template: str, data: Mapping[str, object], *, at: datetime) -> bytes:
    """The PDF of a template, its creation time said to be `at` (aware).

    Raises FontsMissing, and Flawed when the template is at fault, whatever the data.
    """
    import typst

    if at.tzinfo is None:
        raise ValueError("the time of a document needs a zone")
    texts = json.dumps(printable(data), ensure_ascii=False)
    compiler = typst.Compiler(  # one each time: a shared one is not thread-safe and keeps the data
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=fonts(),
        sys_inputs={"data": texts, "endless": "yes" if has_endless_word(texts) else ""},
    )
    document, warnings = compiler.compile_with_warnings(
        format="pdf", pdf_standards=STANDARDS, timestamp=int(at.timestamp())
    )
    if warnings or not isinstance(document, bytes):
        raise Flawed("; ".join(warning.message for warning in warnings))
    return document
