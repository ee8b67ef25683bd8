"""One attached viewer: a cursor on its line's log. In: news of bytes that were appended. Out: frames on its connection.

Caught up, it is written to at once (the writer) or a few times a second (watchers); behind, it reads from the spool as fast as
its connection takes it. Besides one piece and the transport's buffer it holds nothing.
"""

import asyncio
import time
from typing import Any, Protocol
from uuid import uuid4

from consoles.hub.window import Window
from consoles.wire import FRAME_OUTPUT, KIB, OFFSETS, PIECE, Op, frame, packed

WATCHER_PAUSE = 0.05
FAR = 1024 * KIB  # so far behind, a key brings the viewer to the present
NEAR = 64 * KIB  # what it is shown of what came before
INTERRUPTS = b"\x03\x1a\x1c"  # whoever sends these has seen enough
PIECES_A_TURN = 4
PASTED = 16  # bytes at once: the least that a page sends of a paste
KEY_PAUSE = 0.05
SETTLE = 0.04  # what a program still prints after Ctrl-C until it has heard it


class Log(Protocol):
    @property
    def end(self) -> int: ...
    def piece(self, offset: int, length: int) -> tuple[int, bytes]: ...


class Wire(Protocol):
    """The connection: `ready` is false while its buffer is above the mark."""

    ready: bool

    def write(self, data: bytes) -> None: ...
    def close(self) -> None: ...


class Viewer:
    def __init__(self, wire: Wire, log: Log, who: dict[str, Any], loop: asyncio.AbstractEventLoop) -> None:
        self.wire, self.log, self._loop = wire, log, loop
        self.id = str(who.get("viewer") or uuid4().hex)
        self.person, self.page = str(who.get("person", "")), str(who.get("page", ""))
        self.name, self.address = str(who.get("name", "")), str(who.get("address", ""))
        self.via, self.may_write = str(who.get("via", "page")), who.get("may_write") is True
        self.since_ms = int(time.time() * 1000)
        self.window = Window()
        self.live = 0  # where the log ended at the attach
        self.taken = 0
        self.accepted = 0  # bytes typed that went to the line's queue
        self.accepted_before: int | None = None  # of the same page, before its connection was cut
        self.writes, self.writes_since_ms = False, 0
        self._due = 0.0
        self._settling = False
        self._timer: asyncio.Handle | None = None
        self._taken_timer: asyncio.Handle | None = None
        self._settled_timer: asyncio.Handle | None = None

    @property
    def cursor(self) -> int:
        return self.window.sent

    def starts(self, offset: int) -> None:
        self.live = self.log.end
        self.window.starts(offset, self.live)

    @property
    def _room(self) -> bool:
        return self.wire.ready and self.window.room and not self._settling

    def told(self) -> dict[str, Any]:
        return {"viewer": self.id, "name": self.name, "address": self.address}

    def say(self, op: Op, value: Any) -> None:
        self.wire.write(frame(op, packed(value)))

    def appended(self, offset: int, data: bytes) -> None:
        if self._timer is not None or not self._room:
            return
        if offset != self.cursor:
            self.catch_up()
            return
        if not self.writes:
            now = self._loop.time()
            if now < self._due:
                self._timer = self._loop.call_at(self._due, self._turn)
                return
            self._due = now + WATCHER_PAUSE
        if len(data) > PIECE:
            self.catch_up()
        else:
            self._output(offset, data)

    def catch_up(self) -> None:
        """Called when the connection takes bytes again; other viewers and lines have a turn between two handfuls."""
        for _ in range(PIECES_A_TURN):
            if not self._room or self.cursor >= self.log.end:
                return
            offset, data = self.log.piece(self.cursor, min(PIECE, self.window.limit // 2))
            if offset > self.cursor:
                self._passed(Op.GAP, offset)
            if not data:
                return
            self._output(offset, data)
        if self._timer is None:
            self._timer = self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._timer = None
        self._due = self._loop.time() + WATCHER_PAUSE
        self.catch_up()

    def drew(self, offset: int) -> None:
        self.window.draw(offset, self._loop.time())
        if self._timer is None:
            self.catch_up()

    def pressed(self, data: bytes) -> None:
        """A key, of somebody who looks at what was printed long ago: what they act on is the present."""
        stops = self.cursor >= self.live and any(key in INTERRUPTS for key in data[:PASTED])
        if self._settling or self.log.end - self.cursor <= (NEAR if stops else FAR):
            return
        self._settling = True
        self._settled_timer = self._loop.call_later(SETTLE if stops else 0.0, self._come_to_the_present)

    def _come_to_the_present(self) -> None:
        self._settling = False
        offset, data = self.log.piece(max(self.cursor, self.log.end - NEAR // 4), KIB)
        start = offset + data.find(b"\n") + 1
        if start > self.cursor:
            self._passed(Op.SKIP, start)
        self.catch_up()

    def _passed(self, op: Op, to: int) -> None:
        self.wire.write(frame(op, OFFSETS.pack(self.cursor, to)))
        self.window.jump(to)

    def _output(self, offset: int, data: bytes) -> None:
        self.wire.write(FRAME_OUTPUT.pack(len(data) + 9, Op.OUTPUT, offset) + data)
        self.window.send(offset + len(data), self._loop.time())

    def credit(self, count: int) -> None:
        """The line has taken so many bytes of this viewer's. A paste waits for that; a key does not, and its echo goes first."""
        self.taken += count
        if self._taken_timer is None:
            wait = 0.0 if count >= PASTED else KEY_PAUSE
            self._taken_timer = self._loop.call_later(wait, self._tell_taken)

    def _tell_taken(self) -> None:
        self._taken_timer = None
        self.wire.write(frame(Op.TAKEN, self.taken.to_bytes(8, "big")))

    def close(self) -> None:
        for timer in (self._timer, self._taken_timer, self._settled_timer):
            if timer is not None:
                timer.cancel()
        self.wire.close()
