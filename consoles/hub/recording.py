"""A line's log as the hub uses it. In: bytes as they are printed. Out: their offset, pieces for viewers, and news when the disk refuses.

A disk that refuses is told of, and asked again each second: the line and its viewers go on meanwhile. One that hangs is waited for.
"""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import structlog

from consoles.hub.spec import LineSpec
from consoles.record.spool import Spool

log = structlog.get_logger(__name__)

AGAIN = 1.0
SLOW = 0.5  # seconds for one append


class Recording:
    def __init__(
        self,
        spec: LineSpec,
        folder: Path,
        loop: asyncio.AbstractEventLoop,
        changed: Callable[[str], None],
        sealed: Callable[[], None],
    ) -> None:
        self.spool = Spool(folder, spec.limit, sealed)
        self._name, self._loop, self._changed = spec.name, loop, changed
        self._trouble = ""
        self._timer: asyncio.TimerHandle | None = None
        self._memo: tuple[int, int, tuple[int, bytes]] = (-1, -1, (0, b""))

    @property
    def end(self) -> int:
        return self.spool.end

    def append(self, data: bytes) -> int:
        now = time.time()
        offset = self.spool.append(data, int(now * 1000))
        if time.time() - now > SLOW:  # all lines have waited
            log.warning("slow_disk", line=self._name, seconds=round(time.time() - now, 1))
        if self.spool.trouble != self._trouble:
            self._tell()
        return offset

    def piece(self, offset: int, length: int) -> tuple[int, bytes]:
        """A hundred watchers who need the same get it for one read."""
        known_offset, known_end, found = self._memo
        if (known_offset, known_end) != (offset, self.spool.end):
            read = self.spool.read(offset, length)
            found = (read.offset, read.data)
            self._memo = (offset, self.spool.end, found)
        return found

    def forget(self, before: int) -> None:
        self.spool.forget(before)
        self._memo = (-1, -1, (0, b""))

    def _tell(self) -> None:
        self._trouble = self.spool.trouble
        if self._trouble:
            log.error("not_recording", line=self._name, why=self._trouble)
            self._timer = self._loop.call_later(AGAIN, self._ask_again)
        else:
            log.info("recording_again", line=self._name)
        self._changed(self._trouble)

    def _ask_again(self) -> None:
        self.append(b"")
        if self._trouble:
            self._timer = self._loop.call_later(AGAIN, self._ask_again)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.spool.close()
