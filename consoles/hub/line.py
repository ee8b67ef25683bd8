"""The live end of one serial port. In: an endpoint's bytes, and what its viewers do. Out: the log first, then every viewer.

The reader never waits: not for a viewer, not for the disk, not for Redis.
"""

import asyncio
import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from consoles.drivers.base import CLOSED, Abilities, Endpoint, Trouble
from consoles.drivers.opening import shown
from consoles.hub.audience import Audience
from consoles.hub.logging_out import log_out
from consoles.hub.lookout import Lookout
from consoles.hub.reading import Reading
from consoles.hub.recognising import Recogniser
from consoles.hub.recording import Recording
from consoles.hub.sending import Sending
from consoles.hub.spec import LineSpec
from consoles.hub.state import State
from consoles.hub.viewer import Viewer
from consoles.wire import Op

Tell = Callable[[str, LineSpec, dict[str, Any]], None]
SMALL, LARGE = 4 * 1024, 256 * 1024
BREAK = 0.3  # seconds
CANNOT = "cannot"


class Line:
    def __init__(
        self,
        spec: LineSpec,
        folder: Path,
        reading: Reading,
        lookout: Lookout,
        loop: asyncio.AbstractEventLoop,
        tell: Tell,
    ) -> None:
        self.spec, self.fd = spec, -1
        self.audience = Audience(loop, self._vacated, self._forget_keys)
        self.state = State(shown(spec.url))
        self.recording = Recording(spec, folder, loop, self._recording_changed, self._sealed)
        self.lost = asyncio.Event()
        self.endpoint: Endpoint | None = None
        self.sending: Sending | None = None
        self._reading, self._lookout, self._loop, self._tell = reading, lookout, loop, tell
        self._recogniser = Recogniser(self.recording.spool)
        self._to_look = False
        self._size = SMALL
        self._acts: set[asyncio.Task[None]] = set()

    @property
    def can(self) -> Abilities:
        return self.endpoint.can if self.endpoint else Abilities()

    def opened(self, endpoint: Endpoint) -> None:
        self.endpoint, self.fd = endpoint, endpoint.fd
        self.sending = Sending(self._loop, endpoint, self._failed)
        endpoint.reply = self.sending.put_raw
        self.lost.clear()
        self._reading.watch(self)
        self.tell_state(self.state.up())

    def closed(self) -> None:
        """The endpoint is let go of; the log and its viewers stay."""
        if self.endpoint is None:
            return
        self._reading.forget(self)
        if self.sending:
            self.sending.close()
        self.endpoint.close()
        self.endpoint, self.sending, self.fd = None, None, -1

    @property
    def rest(self) -> float:
        return self.endpoint.rest if self.endpoint else Endpoint.rest

    def read(self) -> int:
        endpoint = self.endpoint
        if endpoint is None:
            return -1
        try:
            data = os.read(self.fd, min(self._size, endpoint.piece))
        except BlockingIOError:
            return 0
        except OSError as error:
            self._failed(error)
            return -1
        count = len(data)
        if not count:
            self._failed(None)
            return -1
        self._size = LARGE if count == self._size else SMALL if count < SMALL else self._size
        could = endpoint.can
        printed = endpoint.decoded(data)
        if printed:
            self._append(printed)
        if endpoint.can is not could:  # a telnet peer agreed to something
            self.tell_state(self.state.told())
        return count

    def _append(self, data: bytes) -> None:
        offset = self.recording.append(data)
        if self.audience.viewers:
            self.audience.appended(offset, data)
        if not self._to_look:
            self._to_look = True
            self._lookout.printed(self)

    def look(self) -> None:
        """At what was printed since the last look."""
        self._to_look = False
        for seen in self._recogniser.look(self._loop.time()):
            printed = self.recording.spool.times(seen.offset, seen.offset + 1)
            at_ms = printed[0][1] if printed else int(time.time() * 1000)
            self._tell("seen", self.spec, {"kind": seen.kind, "offset": seen.offset, "at_ms": at_ms})

    def _failed(self, error: OSError | None) -> None:
        self.state.trouble = Trouble(CLOSED, (error.strerror or str(error)) if error else "")
        self._loop.call_soon(self.closed)
        self.lost.set()

    def typed(self, viewer: Viewer, data: bytes) -> None:
        if not data or not self.audience.may_type(viewer):
            return
        viewer.pressed(data)
        if self.sending is not None:  # without an endpoint there is nobody to type to
            viewer.accepted += len(data)
            self._reading.expect_echo(self)
            self.sending.put(data, viewer.credit)

    def send_break(self, viewer: Viewer, seconds: float) -> None:
        """Each is answered by one notice, of a kind that answers nothing else."""
        if not self.audience.may_type(viewer, "refused_break"):
            return
        if self.endpoint is None or self.sending is None or not self.can.breaks:
            _tell_of_break(viewer, Trouble(CANNOT, ""))
            return
        done = self.sending.do(partial(self.endpoint.send_break, seconds), credit=viewer.credit)
        done.add_done_callback(partial(_told, viewer))

    async def press_sysrq(self, letter: bytes) -> None:
        """Raises Trouble. Nothing that somebody types comes between the break and the letter."""
        if self.endpoint is None or self.sending is None:
            raise self.state.trouble or Trouble(CLOSED, "")
        if not self.can.breaks:
            raise Trouble(CANNOT, "")
        await self.sending.do(partial(self.endpoint.send_break, BREAK), then=letter)

    def resize(self, viewer: Viewer, rows: int, columns: int) -> None:
        if self.audience.may_type(viewer) and self.endpoint is not None and self.endpoint.can.size:
            self.endpoint.resize(rows, columns)

    def _act(self, act: Any) -> None:
        """Runs an endpoint's act beside the line; one that fails is the line's trouble, not the hub's."""

        async def run() -> None:
            try:
                await act
            except OSError as error:
                self._failed(error)

        task = self._loop.create_task(run())
        self._acts.add(task)
        task.add_done_callback(self._acts.discard)

    def _vacated(self) -> None:
        if self.endpoint is None or self.sending is None:
            return
        if log_out(self.spec, self.endpoint, self.sending.put, self._act):
            self._tell("logged_out", self.spec, {})

    def _forget_keys(self) -> None:
        if self.sending is not None:
            self.sending.forget()

    def _recording_changed(self, why: str) -> None:
        self.tell_state(self.state.recording(why))

    def _sealed(self) -> None:
        self._tell("sealed", self.spec, {})

    def tell_state(self, state: dict[str, Any]) -> None:
        self.audience.tell_all(Op.LINE, {**state, "can": self.can.told()})

    def report(self) -> dict[str, Any]:
        writer = self.audience.keyboard.owner()
        return {
            "id": self.spec.id,
            "name": self.spec.name,
            **self.state.told(),
            "start": self.recording.spool.start,
            "end": self.recording.end,
            "last_ms": self.recording.spool.last_ms,
            "viewers": len(self.audience.viewers),
            "writer": writer.told() if isinstance(writer, Viewer) else None,
        }

    async def close(self, code: str) -> None:
        self.closed()
        for task in list(self._acts):
            task.cancel()
        await asyncio.gather(*self._acts, return_exceptions=True)
        self.audience.close(code)
        if self._to_look:
            self.look()
        self.recording.close()


def _told(viewer: Viewer, done: "asyncio.Future[None]") -> None:
    trouble = done.exception()
    if trouble is None or isinstance(trouble, Trouble):
        _tell_of_break(viewer, trouble)


def _tell_of_break(viewer: Viewer, trouble: Trouble | None) -> None:
    """Whoever asked for it hears what became of it, and with them the records."""
    told: dict[str, Any] = {"kind": "break", "by": None, "at_ms": int(time.time() * 1000)}
    if trouble is not None:
        told |= {"kind": "unknown_break" if trouble.begun else "no_break", "reason": trouble.reason}
    viewer.say(Op.NOTICE, told)
