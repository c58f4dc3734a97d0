"""Where the lines of a picture lie. The pictures are drawn by templates/components/charts.html.

Lengths are in the units of each picture's own `viewBox`; nothing here knows what is measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

Range = tuple[float, float]
"""The least and the most that a figure can be; both the same where it is known."""


@dataclass(frozen=True)
class Bar:
    """In hundredths of the width: what is sure, what it may be more, and where the target is."""

    sure: float
    unsure: float
    target: float | None


def bar(value: Range, target: float | None, full: float) -> Bar:
    """Drawn to its whole length; `full` is what the whole width stands for."""
    low, high = (100 * min(one / full, 1) for one in value)
    return Bar(low, high - low, None if target is None else 100 * min(target / full, 1))


def full_of(values: Sequence[Range], target: float | None, least: float = 1) -> float:
    """A width that holds the values and the target, with some air."""
    return max([least, *(1.1 * high for _low, high in values), 1.1 * (target or 0)])


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    low: float  # where the range ends, downwards and upwards
    high: float


@dataclass(frozen=True)
class Trend:
    """A small line of some figures, the newest to the right; a figure not shown leaves a gap."""

    width: int
    height: int
    dots: list[Dot | None]
    lines: list[tuple[Dot, Dot]]
    target: float | None


def trend(values: Sequence[Range | None], target: float | None, full: float) -> Trend:
    width, height, edge = 120, 40, 6
    step = (width - 2 * edge) / max(len(values) - 1, 1)

    def y(value: float) -> float:
        return round(height - edge - (height - 2 * edge) * min(value / full, 1), 1)

    dots = [
        Dot(round(edge + place * step, 1), y(sum(value) / 2), y(value[0]), y(value[1]))
        if value
        else None
        for place, value in enumerate(values)
    ]
    lines = [(one, next_) for one, next_ in zip(dots, dots[1:], strict=False) if one and next_]
    return Trend(width, height, dots, lines, None if target is None else y(target))


@dataclass(frozen=True)
class Tick:
    at: float
    value: int


@dataclass(frozen=True)
class CurvePicture:
    """A curve of shares in hundredths by weeks: its line, its band, and the axes."""

    width: int
    height: int
    left: int
    bottom: int
    line: str
    upper: str
    lower: str
    marks: list[tuple[float, float]]
    weeks: list[Tick]
    shares: list[Tick]
    end: tuple[float, float]


Point = tuple[float, float, float, float]
"""The week, the share, and the least and the most of the band."""


def curve(points: Sequence[Point], last: int, until: float | None = None) -> CurvePicture:
    """From nobody at the start to the last week: straight between points, or in steps that hold
    `until` the week in which nobody is followed any more."""
    width, height, left, top, right, bottom = 640, 328, 56, 16, 64, 276
    is_stepped = until is not None

    def x(week: float) -> float:
        return round(left + (width - left - right) * min(week / last, 1), 1)

    def y(share: float) -> float:
        return round(bottom - (bottom - top) * share / 100, 1)

    def path(place: int) -> str:
        at = [(x(0), y(0))]
        for point in points:
            if is_stepped:
                at.append((x(point[0]), at[-1][1]))
            at.append((x(point[0]), y(point[place])))
        if until is not None:
            at.append((x(until), at[-1][1]))
        return " ".join(f"{one},{other}" for one, other in at)

    line = path(1)
    end_x, _comma, end_y = line.rpartition(" ")[2].partition(",")
    every = 4 if last <= 30 else 13
    return CurvePicture(
        width=width,
        height=height,
        left=left,
        bottom=bottom,
        line=line,
        upper=path(3),
        lower=path(2),
        marks=[] if is_stepped else [(x(point[0]), y(point[1])) for point in points],
        weeks=[Tick(x(week), week) for week in range(0, last + 1, every)],
        shares=[Tick(y(share), share) for share in range(0, 101, 20)],
        end=(float(end_x), float(end_y)),
    )


# --- Stretches of time ---

Stretch = tuple[date, date]
"""From one day to another, both included."""


@dataclass(frozen=True)
class Strip:
    """Where a stretch lies, and where its milestones are; whether it goes on beyond an edge."""

    y: int
    x: float
    width: float
    marks: list[float]
    before: bool
    beyond: bool


@dataclass(frozen=True)
class TimelinePicture:
    """Stretches under each other, the years above, with a line where something breaks."""

    width: int
    height: int
    strips: list[Strip]
    years: list[Tick]
    today: float | None
    breaks: list[float]


def timeline(
    stretches: Sequence[Stretch],
    marks: Sequence[Sequence[date]],
    within: Stretch,
    today: date,
    breaks: Sequence[date] = (),
) -> TimelinePicture:
    """`marks`: the days of each stretch's milestones; `within`: what the picture shows."""
    width, left, top, line = 640, 32, 28, 24
    first, last = within
    days = max((last - first).days + 1, 1)

    def x(day: date) -> float:
        share = min(max((day - first).days / days, 0), 1)
        return round(left + (width - left - 8) * share, 1)

    strips = []
    for place, ((begins, ends), own) in enumerate(zip(stretches, marks, strict=True)):
        begin, end = x(begins), x(ends)
        dots = [x(day) for day in own if first <= day <= last]
        y = top + line * place
        strips.append(Strip(y, begin, max(round(end - begin, 1), 3), dots, begins < first,
                            ends > last))  # fmt: skip
    return TimelinePicture(
        width=width,
        height=top + line * len(strips) + 8,
        strips=strips,
        years=[Tick(x(date(year, 1, 1)), year) for year in range(first.year, last.year + 1)],
        today=x(today) if first <= today <= last else None,
        breaks=[x(day) for day in breaks if first < day <= last],
    )
