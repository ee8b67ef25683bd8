"""What a host's disk has of a line's log, for whoever reads it beside the hub. In: the line's folder. Out: bytes, offsets and times.

It is as it was when it was looked at; segments that left the window since are passed by.
"""

from pathlib import Path

from consoles.record.segments import Segments

PIECE = 256 * 1024
PAIRS = 16 * 1024
UNLIMITED = 1 << 62


class Spooled:
    def __init__(self, folder: Path) -> None:
        self._segments = Segments(str(folder), UNLIMITED)
        self._segments.look()

    @property
    def start(self) -> int | None:
        """None where there is nothing."""
        return self._segments.start

    @property
    def end(self) -> int:
        return self._segments.end

    def read(self, offset: int, length: int) -> tuple[int, bytes] | None:
        """The first bytes there are at or after the offset; None at the end."""
        return self._segments.read(offset, min(length, PIECE))

    def times(self, start: int, end: int) -> list[tuple[int, int]]:
        return self._segments.times(start, end, PAIRS)

    def before(self, offset: int) -> int | None:
        """Where the last of what is below the offset ends; None where nothing is."""
        return self._segments.before(offset)

    def after(self, ms: int) -> int | None:
        """The first byte that was printed later; None where there is none."""
        return self._segments.after(ms)
