"""When what was printed. In: the index file beside a segment, pairs of (bytes from the segment's start, milliseconds). Out: its sound entries, one by one.

Both numbers only grow, so that `bisect` finds either without reading the file whole.
"""

import os
from operator import itemgetter
from struct import Struct
from types import TracebackType

ENTRY = Struct("!IQ")
APART = 50  # milliseconds: at most one entry in this time
by_offset, by_time = itemgetter(0), itemgetter(1)


def packed(pairs: list[tuple[int, int]]) -> bytes:
    return b"".join(ENTRY.pack(*pair) for pair in pairs)


class Entries:
    """A sequence over the file, open for as long as the `with` lasts. An index that cannot be read has no entries."""

    def __init__(self, path: str, length: int) -> None:
        self._path, self._length = path, length
        self._fd, self._count = -1, 0

    def __enter__(self) -> "Entries":
        try:
            self._fd = os.open(self._path, os.O_RDONLY)
        except OSError:
            return self
        self._count = os.fstat(self._fd).st_size // ENTRY.size
        while self._count and not self._sound(self._count - 1):
            self._count -= 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if self._fd >= 0:
            os.close(self._fd)
        return isinstance(error, OSError)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> tuple[int, int]:
        if not -self._count <= number < self._count:
            raise IndexError(number)
        return self._at(number % self._count)

    def span(self, first: int, last: int) -> list[tuple[int, int]]:
        size = ENTRY.size
        found = os.pread(self._fd, max(last - first, 0) * size, first * size) if self._count else b""
        return [(delta, ms) for delta, ms in ENTRY.iter_unpack(found[: len(found) // size * size])]

    def _at(self, number: int) -> tuple[int, int]:
        delta, ms = ENTRY.unpack(os.pread(self._fd, ENTRY.size, number * ENTRY.size))
        return delta, ms

    def _sound(self, number: int) -> bool:
        """The entry is written before its bytes: after a crash the last may point beyond them, after a power cut be zeros."""
        delta, ms = self._at(number)
        if delta >= self._length or not number:
            return delta < self._length
        before = self._at(number - 1)
        return before[0] < delta and before[1] <= ms
