"""Writes what the writer typed to a line's descriptor. In: bytes and whom to tell. Out: the same bytes, in order, as fast as they are taken.

Nothing is kept once it is written, and nothing of it is logged.
"""

import asyncio
import errno
import os
from collections import deque
from collections.abc import Callable

from consoles.drivers.base import Endpoint

MOST = 1024 * 1024  # of what waits for the line
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
        self.size = 0

    @property
    def full(self) -> bool:
        return self.size > MOST

    def forget(self) -> None:
        """What somebody typed who no longer may: only the piece that is on its way goes out whole."""
        kept = [one for number, one in enumerate(self._queue) if number == 0 or one[2] is None]
        self._queue = deque(kept)
        self.size = sum(count for _, count, _ in kept)

    def put(self, data: bytes, credit: Credit | None = None) -> None:
        for start in range(0, len(data), SLICE):
            piece = data[start : start + SLICE]
            self._queue.append((self._endpoint.encoded(piece), len(piece), credit))
        self.size += len(data)
        if not self._waiting:
            self._flush()

    def put_raw(self, data: bytes) -> None:
        """What the protocol itself answers: not encoded, credited to nobody. A peer that asks and never reads is let go of."""
        self._queue.append((data, len(data), None))
        self.size += len(data)
        if self.full:
            self.close()
            self._lost(OSError(errno.ENOBUFS, os.strerror(errno.ENOBUFS)))
            return
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
