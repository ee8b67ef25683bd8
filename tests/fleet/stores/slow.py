"""Stores that take their time, by a clock of their own: a test sees whole runs of half a minute at once."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from portal.fleet.models import StorageAccount
from portal.fleet.stores import opening, reading_back
from portal.fleet.stores.base import Store
from portal.fleet.stores.patience import TurnOver


class Clock:
    def __init__(self) -> None:
        self._now, self._until = 0.0, math.inf

    def monotonic(self) -> float:
        return self._now

    @contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        self._until = self._now + seconds
        yield
        self._until = math.inf

    def takes(self, seconds: float) -> None:
        if self._now + seconds > self._until:
            self._now, self._until = self._until, math.inf
            raise TurnOver
        self._now += seconds


class Slow:
    def __init__(self, store: Store, takes: Callable[[str], None]) -> None:
        self._store, self._takes = store, takes

    def get(self, name: str, most: int | None = None) -> bytes:
        self._takes(name)
        return self._store.get(name, most)


def slowed(
    monkeypatch: pytest.MonkeyPatch,
    takes: Callable[[StorageAccount | None, str], float],
    place: object = opening,
) -> Clock:
    """`takes` says for how long an object is waited for; `place` is where stores are opened."""
    clock, real = Clock(), opening.store_of

    def store_of(account: StorageAccount | None) -> Slow:
        return Slow(real(account), lambda name: clock.takes(takes(account, name)))

    monkeypatch.setattr(place, "store_of", store_of)
    monkeypatch.setattr(reading_back, "time", clock)
    monkeypatch.setattr(reading_back, "limited", clock.limited)
    return clock
