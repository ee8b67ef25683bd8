"""Reads every line's descriptor, each as often as it needs. In: lines with something to read. Out: calls of `line.read()`.

A quiet line waits in the loop's selector, so that an echo goes through at once. A busy one is read in batches on a common tick, since
one wake-up per write is what costs: the pause is bounded by its rate, because a socket takes only about 270 unread small writes, and by
what the endpoint bears.
"""

import asyncio
import time
from typing import Protocol

GRID = 0.005
SHORTEST = 0.001
SAFE_BYTES = 200  # unread one-byte writes that a unix socket takes with room to spare
CLOSE_TOGETHER = 0.020  # two reads within this make a line busy
ECHO = 0.1  # after a key, how long output is awaited without a pause
MUCH = 2048
TURNS = 4
DEAR = 0.002  # what one line may cost the loop at a time; it then stays away REST times as long
REST = 4
CHEAP = 50_000_000  # bytes in a second of our time: a line that is read so fast, and alone, need not rest


class Readable(Protocol):
    fd: int

    @property
    def rest(self) -> float:
        """The longest pause between two reads while it prints."""

    def read(self) -> int:
        """Takes what is there and says how much it was; 0 for nothing, -1 when the descriptor is gone."""


class Pacing:
    """What is remembered of one line between two reads."""

    __slots__ = ("awaited_until", "due", "empty", "read_at", "rest")

    def __init__(self, rest: float) -> None:
        self.rest = rest
        self.read_at = self.due = self.awaited_until = 0.0
        self.empty = 0


class Reading:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._paces: dict[Readable, Pacing] = {}
        self._busy: dict[Readable, Pacing] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._wakes = 0.0
        self._cost = 0.0

    def watch(self, line: Readable) -> None:
        self._paces[line] = Pacing(line.rest)
        self._loop.add_reader(line.fd, self._ready, line)

    def forget(self, line: Readable) -> None:
        if line in self._busy:
            del self._busy[line]
        elif line in self._paces:
            self._loop.remove_reader(line.fd)
        self._paces.pop(line, None)

    def expect_echo(self, line: Readable) -> None:
        pace = self._paces.get(line)
        if pace is None:
            return
        pace.awaited_until = self._loop.time() + ECHO
        if pace.due - self._loop.time() <= pace.rest:
            self._wait_for(line)

    def _ready(self, line: Readable) -> None:
        count = self._read(line)
        if count <= 0:
            return
        pace, now = self._paces[line], self._loop.time()
        close = now - pace.read_at < CLOSE_TOGETHER and now > pace.awaited_until
        if close or self._cost > DEAR:
            self._make_busy(line, pace, count, now)
        pace.read_at = now

    def _read(self, line: Readable) -> int:
        """A full read is followed by another at once, a few times: then the other lines have their turn."""
        began = time.thread_time()
        count = line.read()
        total = count
        for _ in range(TURNS):
            if count < MUCH or time.thread_time() - began > DEAR:
                break
            count = line.read()
            total += max(count, 0)
        self._cost = time.thread_time() - began
        return total if count >= 0 else -1

    def _make_busy(self, line: Readable, pace: Pacing, count: int, now: float) -> None:
        self._loop.remove_reader(line.fd)
        pace.empty = 0
        self._schedule(pace, count, now)
        self._busy[line] = pace
        self._wake_at(max(pace.due, now + SHORTEST))

    def _wake_at(self, when: float) -> None:
        """One timer for all lines; the one that is due first sets it."""
        if self._timer is not None:
            if self._wakes <= when:
                return
            self._timer.cancel()
        self._wakes = when
        self._timer = self._loop.call_at(when, self._tick)

    def _rest(self, count: int) -> float:
        alone = len(self._busy) <= 1
        return 0.0 if alone and count > CHEAP * self._cost else REST * self._cost

    def _schedule(self, pace: Pacing, count: int, now: float) -> None:
        pause = min(pace.rest, SAFE_BYTES * (now - pace.read_at) / count)
        pace.due = now + max(pause, SHORTEST) if pause < GRID else (now + pause) // GRID * GRID
        if self._cost > DEAR:
            pace.due = max(pace.due, now + self._rest(count))
        pace.read_at = now

    def _tick(self) -> None:
        now = self._loop.time()
        self._timer = None
        for line, pace in list(self._busy.items()):
            if pace.due <= now:
                self._visit(line, pace, now)
        if self._busy:
            soonest = min(pace.due for pace in self._busy.values())
            self._wake_at(max(soonest, now + SHORTEST))

    def _visit(self, line: Readable, pace: Pacing, now: float) -> None:
        count = self._read(line)
        if count > 0:
            pace.empty = 0
            self._schedule(pace, count, now)
        elif count == 0:
            pace.empty += 1
            pace.due = now + pace.rest
            if pace.empty > 1:
                self._wait_for(line)

    def _wait_for(self, line: Readable) -> None:
        if line in self._busy:
            del self._busy[line]
            self._loop.add_reader(line.fd, self._ready, line)
