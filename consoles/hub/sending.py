"""Writes what the writer typed to a line's descriptor. In: bytes and whom to tell, acts between them. Out: the same, in order, as fast as it is taken.

Nothing is kept once it is written, and nothing of it is logged.
"""

import asyncio
import errno
import os
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from consoles.drivers.base import BUSY, CLOSED, Endpoint, Trouble

MOST = 1024 * 1024  # of what waits for the line
MOST_DEEDS = 16
SLICE = 1024
GONE = Trouble(CLOSED, "")
CUT_OFF = Trouble(CLOSED, "", begun=True)

Credit = Callable[[int], None]
Act = Callable[[], Coroutine[Any, Any, None]]


class Piece(NamedTuple):
    data: bytes
    size: int
    credit: Credit | None


class Deed(NamedTuple):
    """An act, then its bytes, with nothing between; where the act fails, they are not sent."""

    act: Act
    data: bytes
    credit: Credit | None
    done: "asyncio.Future[None]"
    size: int = 0


class Sending:
    """`credit` is told how many of the bytes given the line has taken; slices are small, so that it is told in time."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, endpoint: Endpoint, lost: Callable[[OSError], None]
    ) -> None:
        self._loop, self._endpoint, self._lost = loop, endpoint, lost
        self._queue: deque[Piece | Deed] = deque()
        self._waiting = False
        self._acting: asyncio.Task[None] | None = None
        self._said: list[Piece] = []  # by the protocol while an act goes on: it goes before what was typed
        self.size = 0

    @property
    def full(self) -> bool:
        return self.size > MOST

    def forget(self) -> None:
        """What somebody typed who no longer may: only the piece that is on its way goes out whole."""
        kept: deque[Piece | Deed] = deque()
        for number, one in enumerate(self._queue):
            if one.credit is None or (number == 0 and self._acting is None):
                kept.append(one)
            else:
                _drop(one)
        self._queue = kept
        self.size = sum(one.size for one in (*self._said, *kept))

    def put(self, data: bytes, credit: Credit | None = None) -> None:
        for start in range(0, len(data), SLICE):
            piece = data[start : start + SLICE]
            self._queue.append(Piece(self._endpoint.encoded(piece), len(piece), credit))
        self.size += len(data)
        self._go_on()

    def put_raw(self, data: bytes) -> None:
        """What the protocol itself answers: not encoded, credited to nobody. A peer that asks and never reads is let go of."""
        piece = Piece(data, len(data), None)
        if self._acting is None:
            self._queue.append(piece)
        else:
            self._said.append(piece)
        self.size += len(data)
        if self.full:
            self.close()
            self._lost(OSError(errno.ENOBUFS, os.strerror(errno.ENOBUFS)))
            return
        self._go_on()

    def do(self, act: Act, then: bytes = b"", credit: Credit | None = None) -> "asyncio.Future[None]":
        """In its turn; what is typed meanwhile waits. The outcome is None or Trouble; cancelled, it is not begun."""
        done: asyncio.Future[None] = self._loop.create_future()
        if sum(isinstance(one, Deed) for one in self._queue) >= MOST_DEEDS:
            done.set_exception(Trouble(BUSY, ""))
            return done
        self._queue.append(Deed(act, self._endpoint.encoded(then), credit, done))
        self._go_on()
        return done

    def _go_on(self) -> None:
        if not self._waiting and self._acting is None:
            self._flush()

    def _flush(self) -> None:
        try:
            while self._queue and self._acting is None:
                self._next(self._queue[0])
        except BlockingIOError:
            self._wait()
        except OSError as error:
            self.close()
            self._lost(error)
        else:
            self._stop_waiting()

    def _next(self, one: Piece | Deed) -> None:
        if isinstance(one, Deed):
            self._queue.popleft()
            if not one.done.cancelled():
                self._acting = self._loop.create_task(self._perform(one))
                self._acting.add_done_callback(lambda _: _end(one, CUT_OFF))
            return
        written = os.write(self._endpoint.fd, one.data)
        if written < len(one.data):
            self._queue[0] = one._replace(data=one.data[written:])
            return
        self._queue.popleft()
        self.size -= one.size
        if one.credit:
            one.credit(one.size)

    async def _perform(self, deed: Deed) -> None:
        try:
            await deed.act()
        except Trouble as trouble:
            _end(deed, trouble)
        except OSError as error:
            self._acting = None
            self.close()
            self._lost(error)
            return
        else:
            _end(deed)
            self._said.append(Piece(deed.data, 0, None))
        self._acting = None
        self._queue.extendleft(reversed(self._said))
        self._said.clear()
        self._flush()

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
        if self._acting is not None:
            self._acting.cancel()
        for one in self._queue:
            _drop(one)
        self._queue.clear()
        self._said.clear()
        self.size = 0


def _drop(one: Piece | Deed) -> None:
    if isinstance(one, Deed):
        _end(one, GONE)


def _end(deed: Deed, trouble: Trouble | None = None) -> None:
    """Whoever asked may be gone."""
    if deed.done.done():
        return
    if trouble is None:
        deed.done.set_result(None)
    else:
        deed.done.set_exception(trouble)
