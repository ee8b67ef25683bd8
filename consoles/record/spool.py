"""The log of one line on disk. In: what the line printed, and when. Out: any piece of it by offset, offsets by time, or the reason why nothing is recorded.

Every append is one write, so that what was appended survives the process; nothing here waits for the disk's own flush.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from consoles.record.held import Held
from consoles.record.index import APART
from consoles.record.mark import CLOSED, OPEN, Mark
from consoles.record.segments import Segments

PIECE = 64 * 1024
PAIRS = 16 * 1024  # one answer of times(); ask again from the last pair's offset
RETRY = 1000
AHEAD = 1 << 30  # offsets reserved at a time while the disk refuses


class Piece(NamedTuple):
    """`gone`: what was asked for is no more (or never was recorded), and `offset` is where the log goes on."""

    offset: int
    data: bytes
    gone: bool


class Spool:
    """Holds no file open before the first append, two from then until `close`; an append after `close` opens it again."""

    def __init__(self, folder: Path, limit: int, sealed: Callable[[], None] = lambda: None) -> None:
        self.end = 0
        self.last_ms: int | None = None
        self.trouble = ""
        self._folder, self._mark = folder, Mark(folder)
        self._segments = Segments(str(folder), limit, sealed)
        self._held: Held | None = None
        self._looked = self._marked = False
        self._tried = self._floor = 0
        try:
            self._look()
        except OSError as error:
            self._refuse(error, b"", 0)
        self.set_limit(limit)

    @property
    def start(self) -> int:
        kept = self._segments.start
        if kept is None:
            return self._held.start if self._held else self.end
        return kept

    def append(self, data: bytes, now_ms: int) -> int:
        """Never raises. An empty append records nothing, but asks a disk again that has refused."""
        if self._held is not None:
            self._ask_again(self._held, now_ms)
        offset = self.end
        if data:
            if self._held is None:
                self._record(data, now_ms)
            else:
                self._held.add(data, now_ms)
            self.end = offset + len(data)
            self.last_ms = now_ms
            if self._held is not None:
                self._reserve()
        return offset

    def read(self, offset: int, length: int) -> Piece:
        if length <= 0:
            return Piece(offset, b"", False)
        length = min(length, PIECE)
        at, data = self._stored(offset, length)
        while data and len(data) < length:
            follows, more = self._stored(at + len(data), length - len(data))
            if not more or follows != at + len(data):
                break
            data += more
        return Piece(at, data, at > offset)

    def since(self, when_ms: int) -> int:
        """Up to 50 ms early where the index is no finer, never late."""
        offset = self._segments.after(when_ms - APART)
        if offset is None:
            return self._held.after(when_ms - APART) if self._held else self.end
        return offset

    def times(self, start: int, end: int) -> list[tuple[int, int]]:
        pairs = self._segments.times(start, end, PAIRS)
        if self._held:
            pairs += self._held.times(start, end)
        return pairs[:PAIRS]

    def set_limit(self, limit: int) -> None:
        """Of data and index together. The segment being written stays, whatever the limit."""
        try:
            self._segments.set_limit(limit)
        except OSError as error:
            self._refuse(error, b"", self.last_ms or 0)

    def forget(self, before: int) -> None:
        """Raises OSError; asked again it does the rest. The offsets of what goes are not given out again."""
        before = min(before, self.end)
        if self._folder.exists():
            self._note(OPEN if self._marked else CLOSED, self.end)
            self._segments.forget(before)
        if self._held:
            self._held.forget(before)

    def close(self) -> None:
        if self._held is not None and self._held.data:
            self._resume(self._held)
        self._segments.close()
        if self._marked:
            with suppress(OSError):
                self._note(CLOSED, self.end)
            self._marked = False

    def _look(self) -> None:
        self._segments.look()
        free = self._mark.free(self._segments.end)
        self.last_ms = self.last_ms or self._segments.last_ms()
        self._looked = True
        if free > self.end:
            self.end = free
        if self._held and free > self._held.start:  # numbered while the folder could not be read
            self._held = Held(self.end)

    def _stored(self, offset: int, length: int) -> tuple[int, bytes]:
        """The first bytes there are at or after the offset, not always as many as asked for."""
        if offset >= self.end:
            return self.end, b""
        if stored := self._segments.read(offset, length):
            return stored
        if self._held:
            at = max(offset, self._held.start)
            return at, self._held.read(at, length)
        return self.end, b""

    def _record(self, data: bytes, now_ms: int) -> None:
        try:
            if not self._marked:
                self._settle()
            self._segments.append(self.end, data, now_ms)
        except OSError as error:
            self._refuse(error, data, now_ms)

    def _settle(self) -> None:
        """Before anything is written: the folder, and the mark that the log is open."""
        self._folder.parent.mkdir(0o700, parents=True, exist_ok=True)
        self._folder.mkdir(0o700, exist_ok=True)
        self._note(OPEN, self.end)
        self._marked = True

    def _refuse(self, error: OSError, data: bytes, now_ms: int) -> None:
        """The disk has refused: memory takes the bytes, and once a second the disk is asked again."""
        self._held = self._held or Held(self.end)
        self._held.add(data, now_ms)
        self._tried = now_ms
        self._back_off(self._held, error)

    def _back_off(self, held: Held, error: OSError) -> None:
        self.trouble = error.strerror or str(error)
        held.forget(self._segments.end)  # part of it may have been taken
        self._segments.back_off()
        self._marked = False  # the folder itself may be gone

    def _ask_again(self, held: Held, now_ms: int) -> None:
        if not 0 <= now_ms - self._tried < RETRY:
            self._tried = now_ms
            self._resume(held)

    def _resume(self, held: Held) -> None:
        try:
            if not self._looked:
                self._look()
                held = self._held or held
            if not self._marked:
                self._settle()
            self._segments.fill(held.start, bytes(held.data), held.times(held.start, held.end))
            self._note(OPEN, self.end)
        except OSError as error:
            self._back_off(held, error)
        else:
            self._held, self.trouble = None, ""

    def _reserve(self) -> None:
        """Offsets that only memory knows must not be given again after a crash."""
        if self._looked and self.end > self._floor:
            with suppress(OSError):
                self._note(OPEN, self.end + AHEAD)

    def _note(self, state: str, floor: int) -> None:
        self._floor = floor
        self._mark.write(state, floor)
