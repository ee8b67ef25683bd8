"""One line's log, read as one. In: a serial port. Out: bytes by offset, offsets by time, and where something is missing."""

from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from consoles.record.segments import Segments

PIECE = 256 * 1024


class Part(NamedTuple):
    """What there is at or after the offset that was asked for: where it begins there, the bytes up to there are gone."""

    offset: int
    data: bytes


class Log:
    """As it was when it was opened; what is printed later is in the next one. Reading never loads more than a piece."""

    def __init__(self, line_id: UUID) -> None:
        self._spool = Segments(str(Path(settings.SPOOL) / str(line_id)), 1 << 62)
        self._spool.look()

    @property
    def start(self) -> int:
        """The oldest byte there is."""
        return self._spool.start or 0

    @property
    def end(self) -> int:
        return self._spool.end

    def read(self, offset: int, length: int = PIECE) -> Part:
        """At most PIECE bytes; empty at the end."""
        found = self._spool.read(offset, min(length, PIECE))
        return Part(*found) if found else Part(self.end, b"")

    def times(self, start: int, end: int) -> list[tuple[int, int]]:
        """(offset, ms) from the one that holds `start` on; at most 16,384 of them: ask again from the last."""
        return self._spool.times(start, end, 16 * 1024)

    def since(self, ms: int) -> int:
        """The first byte that was printed after this."""
        found = self._spool.after(ms)
        return self.end if found is None else found


def log_of(line_id: UUID) -> Log:
    return Log(line_id)
