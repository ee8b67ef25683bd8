"""Looks at what lines have printed, soon after, some lines at a time. In: lines with news. Out: calls of `line.look()`.

However much is printed, it takes a small share of the hub's time, and keeps no key waiting for longer than one look.
"""

import asyncio
import time
from collections import deque
from typing import Protocol

SOON = 0.8  # seconds
GRID = 0.02
TURN = 0.0003  # seconds of our own time, then others have theirs
REST = 20  # times as long


class Looked(Protocol):
    def look(self) -> None: ...


class Lookout:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[tuple[float, Looked]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def printed(self, line: Looked) -> None:
        """Said once until the line is looked at."""
        due = self._loop.time() + SOON
        self._waiting.append((due, line))
        if self._timer is None:
            self._timer = self._loop.call_at(due, self._turn)

    def _turn(self) -> None:
        began, now = time.thread_time(), self._loop.time()
        spent = 0.0
        while self._waiting and self._waiting[0][0] <= now and spent < TURN:
            self._waiting.popleft()[1].look()
            spent = time.thread_time() - began
        self._timer = None
        if self._waiting:
            due = max(self._waiting[0][0], now + max(GRID, REST * spent))
            self._timer = self._loop.call_at(due, self._turn)
