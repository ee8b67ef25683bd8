"""Who did what when, as a picture. In: the newest of the entries that a page lists. Out: a lane for each person or machine, cut into equal times.

Bounded: one query for so many entries, so many lanes, so many cells.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.audit_selectors import Filters
from accounts.models import AuditEntry
from portal.fleet.review.naming import name_of

NEWEST, LANES, CELLS = 4000, 5, 48
WIDTH, HEIGHT = 10, 24  # of a cell, in the picture's own units
PERSON, MACHINE = "person", "machine"
LEVELS = (1, 3, 10)  # more than so many entries make a cell higher


class Seen(NamedTuple):
    at: datetime
    person: object
    name: str
    place: str
    outcome: str


@dataclass
class Cell:
    number: int
    since: datetime
    until: datetime
    outcomes: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return self.outcomes.total()

    @property
    def outcome(self) -> str:
        """The worst of them: what somebody looks for."""
        return next((one for one in ("failed", "refused") if self.outcomes[one]), "succeeded")

    @property
    def x(self) -> int:
        return self.number * WIDTH

    @property
    def height(self) -> int:
        return HEIGHT * (1 + sum(self.count > level for level in LEVELS)) // (1 + len(LEVELS))

    @property
    def y(self) -> int:
        return HEIGHT - self.height


@dataclass
class Lane:
    """`wanted`: what the page's field must hold to show this lane alone; empty for what has no field."""

    name: str
    wanted: str
    cells: dict[int, Cell] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(cell.count for cell in self.cells.values())

    @property
    def refused(self) -> int:
        return sum(cell.count - cell.outcomes["succeeded"] for cell in self.cells.values())


@dataclass
class Picture:
    by: str
    since: datetime
    until: datetime
    lanes: list[Lane]
    others: int
    others_count: int
    seen: int
    is_all: bool


def of(typed: str | None) -> str:
    return MACHINE if typed == MACHINE else PERSON


def picture(entries: "QuerySet[AuditEntry]", filters: Filters, by: str) -> Picture:
    columns = ("at", "principal_id", "principal_name", "place", "outcome")
    rows = entries.annotate(place=F("place")).order_by("-at", "-id")
    seen = [Seen(*row) for row in rows.values_list(*columns)[:NEWEST]]
    is_all = len(seen) < NEWEST
    until = filters.until or timezone.now()
    since = (filters.since if is_all else None) or (seen[-1].at if seen else until - timedelta(hours=1))
    return _drawn(seen, by, since, max(until, since + timedelta(minutes=1)), is_all)


def _drawn(seen: list[Seen], by: str, since: datetime, until: datetime, is_all: bool) -> Picture:
    key = _machine if by == MACHINE else _person
    step = (until - since) / CELLS
    lanes = _lanes(seen, key, lambda at: min(CELLS - 1, max(0, int((at - since) / step))))
    for lane in lanes:
        for number, cell in lane.cells.items():
            cell.since, cell.until = since + step * number, since + step * (number + 1)
    # what has no lane of its own is always drawn: the others that are counted are persons, or machines
    kept = sorted(lanes, key=lambda lane: (bool(lane.wanted), -lane.count))
    shown, others = sorted(kept[:LANES], key=lambda lane: -lane.count), kept[LANES:]
    return Picture(
        by, since, until, shown, len(others), sum(lane.count for lane in others), len(seen), is_all
    )


def _lanes(
    seen: Iterable[Seen], key: Callable[[Seen], tuple[str, str]], cell_of: Callable[[datetime], int]
) -> list[Lane]:
    lanes: dict[str, Lane] = {}
    for one in seen:
        name, wanted = key(one)
        lane = lanes.setdefault(wanted, Lane(name, wanted))
        number = cell_of(one.at)
        cell = lane.cells.get(number) or lane.cells.setdefault(number, Cell(number, one.at, one.at))
        cell.outcomes[one.outcome] += 1
    return list(lanes.values())


def _person(seen: Seen) -> tuple[str, str]:
    """The newest of its names stands for a principal."""
    return seen.name, str(seen.person or seen.name)


def _machine(seen: Seen) -> tuple[str, str]:
    if "/virtualmachines/" not in seen.place:
        return "", ""
    return name_of(seen.place), seen.place
