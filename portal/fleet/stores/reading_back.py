"""Reads what stores keep before anybody needs it. In: whose rows there are, and how one is compared. Out: as many of them compared as a budget allows.

Tenants have their turns, the one that waited longest first, each with a share of the time. Who is asked goes to the end of
the queue before it answers: whoever is slow, away or the end of a worker is last the next time, and stops nobody else.
"""

import time
from collections import defaultdict, deque
from collections.abc import Sequence
from datetime import timedelta
from itertools import chain
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import F, QuerySet
from django.utils import timezone

from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.patience import TurnOver, limited

Key = TypeVar("Key")

EVERY = timedelta(days=30)
EVERY_DAMAGED = timedelta(days=1)  # its store may have been another for a while
SHARE = 1 / 3  # of a run's bytes and seconds, while others wait


class Shelf(Protocol[Key]):
    """Rows have an `account`, `checked_at` and `tried_at`."""

    def in_turn(self) -> Sequence[Key]:
        """Tenants, the one first that was asked longest ago."""

    def rows(self, tenant: Key) -> tuple["QuerySet[Any]", "QuerySet[Any]"]:
        """What is called damaged, and what is not."""

    def tried(self, row: Any) -> None:
        """It is about to be read: it and its tenant go to the end."""

    def read(self, row: Any) -> tuple[int, str]:
        """How many bytes, and why it is damaged. Raises StoreTrouble."""

    def note(self, row: Any, why: str) -> None:
        """What was found, and that it was."""


def read_back(shelf: Shelf[Key], *, most: int, seconds: float) -> int:
    """How many bytes were read. Who had a share and has more waits for all others."""
    run = _Run(shelf, most, seconds)
    waiting = deque(shelf.in_turn()) if run.goes_on() else deque()
    while waiting and run.goes_on():
        tenant = waiting.popleft()
        if run.has_more(tenant):
            waiting.append(tenant)
    return run.read


class _Run(Generic[Key]):
    def __init__(self, shelf: Shelf[Key], most: int, seconds: float) -> None:
        self.read = 0
        self._shelf, self._most, self._share = shelf, most, (most * SHARE, seconds * SHARE)
        self._end = time.monotonic() + seconds
        self._damaged_next: defaultdict[Key, bool] = defaultdict(lambda: True)
        self._away: set[int | None] = set()

    def goes_on(self) -> bool:
        return self.read < self._most and time.monotonic() < self._end

    def has_more(self, tenant: Key) -> bool:
        """After its share."""
        size, seconds = self._share
        most, end = self.read + size, min(time.monotonic() + seconds, self._end)
        while self.read < most and time.monotonic() < end:
            row = self._next(tenant)
            if row is None:
                return False
            self.read += self._compare(row, end - time.monotonic())
        return True

    def _compare(self, row: Any, seconds: float) -> int:
        self._shelf.tried(row)
        try:
            with limited(seconds):
                size, why = self._shelf.read(row)
        except (StoreTrouble, TurnOver):
            self._away.add(row.account_id)
            return 0
        self._shelf.note(row, why)
        return size

    def _next(self, tenant: Key) -> Any:
        """Of damaged ones and others by turns: neither keeps the other waiting."""
        damaged, kept = self._shelf.rows(tenant)
        turns = [_in_turn(damaged, EVERY_DAMAGED), _in_turn(kept, EVERY)]
        first = self._damaged_next[tenant]
        self._damaged_next[tenant] = not first
        found = (self._of_others(rows).first() for rows in chain(*(turns if first else reversed(turns))))
        return next((row for row in found if row), None)

    def _of_others(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        if None in self._away:
            rows = rows.exclude(account=None)
        return rows.exclude(account__in=[number for number in self._away if number is not None])


def _in_turn(rows: "QuerySet[Any]", every: timedelta) -> list["QuerySet[Any]"]:
    """Then those that were tried meanwhile, and not read."""
    long_ago = timezone.now() - every
    rows = rows.filter(checked_at__lte=long_ago).order_by("tried_at")
    return [rows.filter(tried_at__lte=long_ago), rows.filter(tried_at__gt=F("checked_at"))]
