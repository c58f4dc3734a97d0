"""The most and the least that a sum can be under linear bounds: what an attacker reckons out.

The simplex method in its plainest form (a tableau, Bland's rule), for some hundred unknowns.
"""

from collections.abc import Sequence

TINY = 1e-7
Row = list[float]


class Impossible(Exception):
    """No numbers fit the bounds: what was told contradicts itself."""


class Bounded:
    """Unknowns from nought up, of which weighted sums are told to lie between two numbers."""

    def __init__(self, unknowns: int, told: Sequence[tuple[dict[int, float], float, float]]):
        rows: list[Row] = []
        for weights, low, high in told:
            for sign, bound in ((1, high), (-1, -low)):
                rows.append([sign * weights.get(n, 0) for n in range(unknowns)] + [bound])
        self.unknowns = unknowns
        self.table, self.basis = feasible(rows, unknowns)

    def span(self, unknown: int) -> tuple[float, float]:
        least, most = (self.best(unknown, sign) for sign in (-1, 1))
        return -least, most

    def best(self, unknown: int, sign: int) -> float:
        goal = [0.0] * len(self.table[0])
        goal[unknown] = sign
        for place, column in enumerate(self.basis):
            if column == unknown:
                row = self.table[place]
                goal = [one - sign * two for one, two in zip(goal, row, strict=True)]
        self.table.append(goal)
        try:
            climb(self.table, self.basis)
            return -self.table[-1][-1]
        finally:
            self.table.pop()


def feasible(rows: list[Row], unknowns: int) -> tuple[list[Row], list[int]]:
    """A tableau with a slack for each row, at a corner; found with one helper that must vanish."""
    size, helper = len(rows), unknowns + len(rows)
    table = [
        [*row[:-1], *(float(n == place) for n in range(size)), -1.0, row[-1]]
        for place, row in enumerate(rows)
    ]
    basis = [unknowns + place for place in range(size)]
    worst = min(range(size), key=lambda place: table[place][-1])
    table.append([0.0] * helper + [-1.0, 0.0])
    if table[worst][-1] < -TINY:
        pivot(table, basis, worst, helper)
        climb(table, basis)
    if table.pop()[-1] > TINY:
        raise Impossible
    if helper in basis:
        place = basis.index(helper)
        column = next(n for n in range(helper) if abs(table[place][n]) > TINY)
        pivot(table, basis, place, column)
    return [row[:helper] + row[-1:] for row in table], basis


def climb(table: list[Row], basis: list[int]) -> None:
    goal = len(table) - 1
    while True:
        better = (n for n, gain in enumerate(table[goal][:-1]) if gain > TINY)
        column = next(better, None)
        if column is None:
            return
        limits = [
            (row[-1] / row[column], basis[place], place)
            for place, row in enumerate(table[:goal])
            if row[column] > TINY
        ]
        if not limits:
            table[goal][-1] = -float("inf")
            return
        pivot(table, basis, min(limits)[2], column)


def pivot(table: list[Row], basis: list[int], place: int, column: int) -> None:
    by = table[place][column]
    row = table[place] = [one / by for one in table[place]]
    for other, line in enumerate(table):
        if other != place and (times := line[column]):
            table[other] = [one - times * two for one, two in zip(line, row, strict=True)]
    basis[place] = column
