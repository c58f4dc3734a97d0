"""Who becomes unemployed in a year, and what becomes of each: the course, and perhaps a package.

Source of the numbers: BUPL-A's application of 2019 (annex 1 and the table of municipalities).
"""

from collections.abc import Iterator
from datetime import date, timedelta

from demo import courses, restricted, roads
from demo.chance import Chance, later
from demo.contacts import named
from demo.courses import FULL_TIME, Course
from demo.ground import FUND, OTHER_FUND, Ground
from demo.onward import follows
from demo.packages import Package
from demo.roads import OVERGANG, SHOWN, VISITATION, Shown
from demo.staff import Person, Staff, staff
from demo.surveys import surveys
from demo.walking import give_way, walk
from portal.cases.models import Decision
from portal.clock import day_of, working_days_between
from portal.db import Base
from portal.handovers.models import Kind, State

YEAR = 365  # days
OTHERS = {(OTHER_FUND, "slagelse"): 14, (OTHER_FUND, "koebenhavn"): 22}
COMPLEX, AT_RISK = 5, 35  # percent of the members
IN_WORK_AFTER_3_MONTHS, IN_WORK_AFTER_6_MONTHS = 60, 70  # percent


def generate(ground: Ground, seed: int) -> Iterator[Base]:
    """Every row of the demo, in an order in which they can be written table by table."""
    people = staff(ground, seed)
    yield from people.rows
    yield from named(ground, people, seed)
    yield from surveys(ground, seed)
    places = {(FUND, slug): count for slug, count in ground.expected.items()} | OTHERS
    for (fund, municipality), count in places.items():
        grown = members(ground, people, seed, fund, municipality, count)
        if (fund, municipality) == (FUND, restricted.PLACE):
            grown = restricted.kept(grown, ground, people, seed)
        yield from grown


def members(
    ground: Ground, people: Staff, seed: int, fund: str, municipality: str, count: int
) -> Iterator[Base]:
    """First those that the demo must show, then the rest of the year's, evenly spread."""
    shown = SHOWN.get((fund, municipality), ())
    for number in range(count):
        chance = Chance(seed, ground.day, fund, municipality, number)
        one = Member(ground, people, chance, fund, municipality)
        if number < len(shown):
            yield from one.as_shown(shown[number])
        else:
            place = (number - len(shown) + chance.random()) / (count - len(shown))
            yield from one.as_it_comes(ground.day - timedelta(days=1 + int(place * YEAR)))


class Member:
    """One member of a fund in a municipality."""

    def __init__(
        self, ground: Ground, people: Staff, chance: Chance, fund: str, municipality: str
    ) -> None:
        self.ground, self.people, self.chance = ground, people, chance
        self.fund, self.municipality = fund, municipality

    def as_shown(self, shown: Shown) -> Iterator[Base]:
        """Begun on such a day that the package comes when it should."""
        last = later(self.ground.latest, -shown.ago)
        first = later(last, -roads.length(shown.road))
        begin = self.begin_of_visitation if shown.kind == VISITATION else self.begin_of_overgang
        group = "complex" if shown.kind == VISITATION else self.chance.choice(("quick", "risk"))
        sender = self.people.named(self.fund, self.municipality, shown.sender)
        course = self.course(begin(first), sender, group, self.ground.latest)
        course.case.weekly_hours = FULL_TIME
        self.grow(course, refers=True)
        receiver = self.people.named(self.municipality, self.municipality, shown.receiver)
        package = self.package(course, shown.kind, shown.road, first, receiver)
        package.detail = shown.detail
        package.leader = self.leader()
        if shown.meeting:
            package.meeting_on = later(self.ground.day, shown.meeting)
        older = self.sent_before(course, shown.before, first) if shown.before else None
        walk(package)
        if older:
            give_way(older, package)
            yield from older.rows
        if shown.then:
            onward = follows(package, shown.then, self.people)
            yield from course.rows
            yield from (*package.rows, *onward.rows)
        else:
            yield from self.ended(course, package, None)

    def leader(self) -> Person | None:
        team = self.people.of(self.fund, self.municipality)
        return next((one for one in team if one.leads), None)

    def sent_before(self, course: Course, municipality: str, first: date) -> Package:
        """The member lived there when the package was sent, and has moved since."""
        case, here = course.case, course.case.municipality_id
        course.municipality = municipality
        receiver = self.people.everybody[municipality][0]
        road = roads.scheduled(roads.SEND, later(first, -4))
        made = Package(
            course=course,
            kind=OVERGANG,
            sender=course.adviser,
            receiver=receiver,
            steps=road,
            version=self.ground.agreement(self.fund, municipality, first),
            desk=self.people.desks[municipality],
        )
        case.municipality_id = self.ground.organisations[municipality]
        walk(made)
        case.municipality_id, course.municipality = here, self.municipality
        return made

    def begin_of_overgang(self, first: date) -> date:
        """The package is begun two to six weeks before the responsibility passes."""
        days = [first - timedelta(days=n) for n in range(115, 45, -1)]
        fitting = [day for day in days if self.fits(day, first)]
        return self.chance.choice(fitting)

    def fits(self, start: date, first: date) -> bool:
        passes = courses.passes_on(self.fund, self.municipality, start)
        return passes is not None and 10 <= (passes - first).days <= 42

    def begin_of_visitation(self, first: date) -> date:
        """After the first talk and the assessment."""
        return first - timedelta(days=self.chance.randint(32, 45))

    def as_it_comes(self, start: date) -> Iterator[Base]:
        chance = self.chance
        lot = chance.random() * 100
        group = "complex" if lot < COMPLEX else "risk" if lot < COMPLEX + AT_RISK else "quick"
        adviser = self.somebody(self.fund)
        job_on = None if group == "complex" else self.job(start)
        until = min(self.ground.latest, job_on or self.ground.latest)
        course = self.course(start, adviser, group, until)
        self.grow(course, refers=chance.likely(85))
        package = self.natural(course, job_on)
        yield from self.ended(course, walk(package) if package else None, job_on)

    def somebody(self, organisation: str) -> Person:
        """Mostly those who work with members; the first of them most."""
        team = self.people.of(organisation, self.municipality)
        workers = [one for one in team if not one.leads]
        return self.chance.choice([*workers, workers[0], workers[0], *team])

    def job(self, start: date) -> date | None:
        lot = self.chance.random() * 100
        if lot < IN_WORK_AFTER_3_MONTHS:
            return start + timedelta(days=self.chance.randint(14, 91))
        if lot < IN_WORK_AFTER_6_MONTHS:
            return start + timedelta(days=self.chance.randint(92, 182))
        return None

    def course(self, start: date, adviser: Person, group: str, until: date) -> Course:
        case, number = courses.case(
            self.ground, self.chance, self.fund, self.municipality, start, adviser
        )
        case.own_reference = f"{self.fund[:2].upper()}-{self.chance.randint(10**7, 10**8 - 1)}"
        return Course(
            ground=self.ground,
            chance=self.chance,
            fund=self.fund,
            municipality=self.municipality,
            adviser=adviser,
            group=group,
            case=case,
            cpr=number,
            until=until,
        )

    def grow(self, course: Course, *, refers: bool) -> None:
        start = course.case.benefit_start
        version = self.ground.agreement(self.fund, self.municipality, start)
        courses.grow(course, version, refers=refers)

    def natural(self, course: Course, job_on: date | None) -> Package | None:
        """A complex case goes when it is assessed, the others when responsibility will pass."""
        if course.first_talk is None:
            return None
        referred = [one for one in course.assessments if one.decision == Decision.REFER]
        kind = VISITATION if referred else OVERGANG
        if referred:
            first = later(day_of(referred[0].decided_at), self.chance.randint(1, 3))
        else:
            passes = courses.passes_on(self.fund, self.municipality, course.case.benefit_start)
            if passes is None:
                return None
            wanted = later(passes, -self.chance.randint(11, 17))
            first = max(wanted, later(course.first_talk, 2))
        road = self.road(kind, first, job_on)
        if road is None or first > self.ground.latest:
            return None
        receiver = self.somebody(self.municipality)
        return self.package(course, kind, road, first, receiver)

    def road(self, kind: Kind, first: date, job_on: date | None) -> str | None:
        """A job before the package is accepted ends it; a job before it is sent needs none."""
        if job_on is None:
            return roads.natural(kind, self.chance)
        days = working_days_between(first, job_on)
        if days < 4:
            return None
        if days <= 9:
            return f"{roads.SEND} acknowledge+1 assign withdraw+{days - 3}"
        return roads.natural(kind, self.chance)

    def package(
        self, course: Course, kind: Kind, road: str, first: date, receiver: Person
    ) -> Package:
        return Package(
            course=course,
            kind=kind,
            sender=course.adviser,
            receiver=receiver,
            steps=roads.scheduled(road, first),
            version=self.ground.agreement(self.fund, self.municipality, first),
            desk=self.people.desks[self.municipality],
        )

    def ended(self, course: Course, package: Package | None, job_on: date | None) -> Iterator[Base]:
        """What closes the case; while a package is under way it stays open."""
        state = package.handover.state if package else None
        reason, day = None, None
        if package and state == State.COMPLETED and self.chance.likely(85):
            reason, day = "handed_over", later(day_of(package.at), 1)
        elif package and state == State.WITHDRAWN and package.handover.closed_reason == "job":
            reason, day = "job", day_of(package.at)
        elif job_on and state in {None, State.COMPLETED, State.REJECTED, State.WITHDRAWN}:
            reason, day = "job", job_on
        if reason and day and day <= self.ground.latest:
            course.case.closed_reason = reason
            course.case.closed_at = self.chance.moment(day, package.at if package else None)
        yield from course.rows
        yield from package.rows if package else ()
