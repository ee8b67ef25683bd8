"""Reads what stores keep before anybody needs it. In: whose rows there are, and how one is compared. Out: as many of them compared as a budget allows.

Tenants have their turns, the one that waited longest first, each with a share of the time; within its turn so have its
accounts. Who is asked goes to the end of the queue before it answers: whoever is slow, away or the end of a worker is last
the next time, and stops nobody else.
"""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.patience import TurnOver, limited

Key = TypeVar("Key")

EVERY = timedelta(days=30)
EVERY_DAMAGED = timedelta(days=1)  # its store may have been another for a while
SHARE = 1 / 3  # of a run's bytes and seconds for a tenant, of a tenant's for an account, while others wait


class Shelf(Protocol[Key]):
    """Rows have an `account`, `checked_at` and `tried_at`."""

    def in_turn(self) -> Sequence[Key]:
        """Tenants, the one first that was asked longest ago."""

    def accounts(self, tenant: Key) -> Sequence[int | None]:
        """Where its rows are kept, the one first that was asked longest ago."""

    def rows(self, tenant: Key) -> tuple["QuerySet[Any]", "QuerySet[Any]"]:
        """What is called damaged, and what is not."""

    def tried(self, row: Any) -> None:
        """It is about to be read: it and its tenant go to the end."""

    def read(self, row: Any) -> tuple[int, str]:
        """How many bytes, and why it is damaged. Raises StoreTrouble."""

    def note(self, row: Any, why: str) -> None:
        """What was found, and that it was."""


def longest_ago(rows: "QuerySet[Any]", name: str, asked: Q | None = None) -> list[Any]:
    """The values of a column in their turn. `asked` tells rows that were asked for from those that were only written."""
    turns = rows.order_by().values(name).annotate(turn=Max("tried_at", filter=asked))
    return list(turns.order_by(F("turn").asc(nulls_first=True)).values_list(name, flat=True))


def read_back(shelf: Shelf[Key], *, most: int, seconds: float) -> int:
    """How many bytes were read. Who had a share and has more waits for all others."""
    run = _Run(shelf, most, seconds)
    if run.goes_on(run.whole):
        run.by_turns(shelf.in_turn(), run.whole, run.has_more)
    return run.read


class _Turn(NamedTuple):
    """A budget, and where it ends: at how many bytes of the run, and when."""

    size: float
    seconds: float
    most: float
    end: float


class _Run(Generic[Key]):
    def __init__(self, shelf: Shelf[Key], most: int, seconds: float) -> None:
        self.read = 0
        self.whole = _Turn(most, seconds, most, time.monotonic() + seconds)
        self._shelf = shelf
        self._damaged_next: defaultdict[tuple[Key, int | None], bool] = defaultdict(lambda: True)
        self._away: set[int | None] = set()

    def goes_on(self, turn: _Turn) -> bool:
        return self.read < turn.most and time.monotonic() < turn.end

    def by_turns(self, them: Sequence[Any], turn: _Turn, has_more: Callable[[Any], bool]) -> bool:
        """Whether anybody still waits at its end."""
        waiting = deque(them)
        while waiting and self.goes_on(turn):
            one = waiting.popleft()
            if has_more(one):
                waiting.append(one)
        return bool(waiting)

    def has_more(self, tenant: Key) -> bool:
        """After its share."""
        turn = self._part(self.whole, SHARE)
        accounts = [number for number in self._shelf.accounts(tenant) if number not in self._away]
        share = SHARE if len(accounts) > 1 else 1

        def account_has_more(number: int | None) -> bool:
            own = self._part(turn, share)
            while number not in self._away and self.goes_on(own):
                row = self._next(tenant, number)
                if row is None:
                    return False
                self.read += self._compare(row, turn.end - time.monotonic())
            return number not in self._away

        return self.by_turns(accounts, turn, account_has_more)

    def _part(self, of: _Turn, share: float) -> _Turn:
        size, seconds = of.size * share, of.seconds * share
        most, end = min(self.read + size, of.most), min(time.monotonic() + seconds, of.end)
        return _Turn(size, seconds, most, end)

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

    def _next(self, tenant: Key, number: int | None) -> Any:
        """Of damaged ones and others by turns: neither keeps the other waiting."""
        damaged, kept = (rows.filter(account=number) for rows in self._shelf.rows(tenant))
        turns = [_in_turn(damaged, EVERY_DAMAGED), _in_turn(kept, EVERY)]
        first = self._damaged_next[tenant, number]
        self._damaged_next[tenant, number] = not first
        found = (rows.first() for rows in chain(*(turns if first else reversed(turns))))
        return next((row for row in found if row), None)


def _in_turn(rows: "QuerySet[Any]", every: timedelta) -> list["QuerySet[Any]"]:
    """Then those that were tried meanwhile, and not read."""
    long_ago = timezone.now() - every
    rows = rows.filter(checked_at__lte=long_ago).order_by("tried_at")
    return [rows.filter(tried_at__lte=long_ago), rows.filter(tried_at__gt=F("checked_at"))]
