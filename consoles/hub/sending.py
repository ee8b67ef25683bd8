"""Writes what the writer typed to a line's descriptor. In: bytes and whom to tell. Out: the same bytes, in order, as fast as they are taken.

Nothing is kept once it is written, and nothing of it is logged.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable

from consoles.drivers.base import Endpoint

HIGH = 64 * 1024
SLICE = 1024

Credit = Callable[[int], None]


class Sending:
    """`credit` is told how many of the bytes given the line has taken; slices are small, so that it is told in time."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, endpoint: Endpoint, lost: Callable[[OSError], None]
    ) -> None:
        self._loop, self._endpoint, self._lost = loop, endpoint, lost
        self._queue: deque[tuple[bytes, int, Credit | None]] = deque()
        self._waiting = False
        self._held_back: list[Callable[[], None]] = []
        self.size = 0

    def hold_back(self, pause: Callable[[], None], go_on: Callable[[], None]) -> None:
        """A typist who is far ahead of the line waits; at the latest until the endpoint is let go of."""
        if self.size >= HIGH:
            pause()
            self._held_back.append(go_on)

    def put(self, data: bytes, credit: Credit | None = None) -> None:
        for start in range(0, len(data), SLICE):
            piece = data[start : start + SLICE]
            self._queue.append((self._endpoint.encoded(piece), len(piece), credit))
        self.size += len(data)
        if not self._waiting:
            self._flush()

    def put_raw(self, data: bytes) -> None:
        """What the protocol itself answers: not encoded, credited to nobody."""
        self._queue.append((data, 0, None))
        if not self._waiting:
            self._flush()

    def _flush(self) -> None:
        try:
            while self._queue:
                data, count, credit = self._queue[0]
                written = os.write(self._endpoint.fd, data)
                if written < len(data):
                    self._queue[0] = (data[written:], count, credit)
                    continue
                self._queue.popleft()
                self.size -= count
                if credit:
                    credit(count)
        except BlockingIOError:
            self._wait()
            return
        except OSError as error:
            self.close()
            self._lost(error)
            return
        self._stop_waiting()
        self._let_go_on()

    def _let_go_on(self) -> None:
        waiting, self._held_back = self._held_back, []
        for go_on in waiting:
            go_on()

    def _wait(self) -> None:
        if not self._waiting:
            self._waiting = True
            self._loop.add_writer(self._endpoint.fd, self._flush)

    def _stop_waiting(self) -> None:
        if self._waiting:
            self._waiting = False
            self._loop.remove_writer(self._endpoint.fd)

    def close(self) -> None:
        self._stop_waiting()
        self._queue.clear()
        self.size = 0
        self._let_go_on()
