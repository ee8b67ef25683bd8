"""When a session is due for something. In: the time, and signs of life. Out: what to do now, and in how many seconds to ask again.

Pure: it reads no clock of its own. A writer who types nothing is idle; a watcher never is.
"""

import random
from dataclasses import dataclass
from enum import Enum, auto

CHECK_EVERY = 20.0
SEE_EVERY = 60.0
WARN_BEFORE = 120.0
LEAST = 0.05


class Due(Enum):
    CHECK = auto()
    SEE = auto()
    IDLE = auto()
    LONGEST = auto()


@dataclass(frozen=True)
class Warn:
    kind: str
    seconds: int


class Clock:
    """`idle` and `longest` in seconds, 0 for none; they may be changed while the session lives."""

    def __init__(self, now: float, *, idle: float, longest: float, writes: bool) -> None:
        self.idle, self.longest, self.writes = idle, longest, writes
        self._started = self._touched = now
        self._check_at, self._see_at = now + _strayed(CHECK_EVERY), now + _strayed(SEE_EVERY)
        self._warned: set[tuple[str, float]] = set()

    def touch(self, now: float) -> None:
        self._touched = now

    def wrote(self, writes: bool, now: float) -> bool:
        """True when that is new, and worth to be kept at once. Whoever comes to the keyboard starts with a whole idle time."""
        if writes == self.writes:
            return False
        self._touched = now if writes else self._touched
        self.writes, self._see_at = writes, now
        return True

    def checked(self, now: float, left: float | None = None) -> None:
        """`left`: in so many seconds the answer is surely another, so that is when it is asked for again."""
        self._check_at = now + _strayed(CHECK_EVERY)
        if left is not None:
            self._check_at = min(self._check_at, now + left + LEAST)

    def due(self, now: float) -> "list[Due | Warn]":
        found: list[Due | Warn] = []
        for kind, end, over in self._ends():
            if now >= end:
                return [over]
            if now >= end - WARN_BEFORE and (kind, end) not in self._warned:
                self._warned = {one for one in self._warned if one[0] != kind} | {(kind, end)}
                found.append(Warn(kind, round(end - now)))
        if now >= self._check_at:
            found.append(Due.CHECK)
        if now >= self._see_at:
            self._see_at = now + _strayed(SEE_EVERY)
            found.append(Due.SEE)
        return found

    def wait(self, now: float) -> float:
        times = [self._check_at, self._see_at]
        for kind, end, _over in self._ends():
            times.append(end if (kind, end) in self._warned else end - WARN_BEFORE)
        return max(LEAST, min(times) - now)

    def _ends(self) -> list[tuple[str, float, Due]]:
        ends = []
        if self.idle and self.writes:
            ends.append(("idle", self._touched + self.idle, Due.IDLE))
        if self.longest:
            ends.append(("longest", self._started + self.longest, Due.LONGEST))
        return ends


def _strayed(seconds: float) -> float:
    """So that sessions that began together do not ask together for ever."""
    return seconds * random.uniform(0.9, 1.1)  # noqa: S311  no secret
