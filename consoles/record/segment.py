"""One piece of a line's log: `<start>.log` and its index `<start>.idx`. In: bytes for the end of the last one. Out: bytes, offsets and times of any.

The length of the data is the truth; what the index says beyond it does not count.
"""

import os
import re
from bisect import bisect_left, bisect_right
from contextlib import suppress
from errno import EIO

from consoles.record.index import APART, ENTRY, Entries, by_offset, by_time, packed

NAME = re.compile(r"(0\d{19})\.(?:log|idx)")  # every such number fits in 64 bits
NEVER = -(1 << 62)
ALL = 1 << 62


class Segment:
    """Open only while it is the one appended to. `weight` is what it takes on disk, `stamped` the time of its last entry."""

    __slots__ = ("_folder", "_index", "fd", "size", "stamped", "start", "weight")

    def __init__(self, folder: str, start: int, size: int = 0, index_size: int = 0) -> None:
        self._folder, self.start, self.size = folder, start, size
        self.weight = size + index_size
        self.fd = self._index = -1
        self.stamped = NEVER

    @property
    def end(self) -> int:
        return self.start + self.size

    @property
    def timed(self) -> bool:
        return 0 < self.size < self.weight

    def _path(self, suffix: str) -> str:
        return f"{self._folder}/{self.start:020d}.{suffix}"

    def open(self) -> None:
        """For appending; cuts off what a crash left torn."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        self.fd = os.open(self._path("log"), flags, 0o600)
        self._index = os.open(self._path("idx"), flags, 0o600)
        with Entries(self._path("idx"), self.size) as entries:
            self.stamped = entries[-1][1] if entries else NEVER
            os.ftruncate(self._index, len(entries) * ENTRY.size)
            self.weight = self.size + len(entries) * ENTRY.size

    def close(self) -> None:
        for fd in (self.fd, self._index):
            if fd >= 0:
                os.close(fd)
        self.fd = self._index = -1

    def remove(self) -> None:
        """The index first: a crash in between leaves a segment, which will be removed in its turn."""
        self.close()
        for suffix in ("idx", "log"):
            with suppress(FileNotFoundError):
                os.unlink(self._path(suffix))

    def cut(self, before: int) -> None:
        """What is left of it becomes a segment of its own, complete before it has its name; then this one goes."""
        rest = Segment(self._folder, before)
        left = self.read(before, self.end - before)
        if len(left) < self.end - before:
            raise OSError(EIO, "unreadable")
        index = packed([(at - before, ms) for at, ms in self.times(before, self.end, ALL)])
        for suffix, data in (("idx", index), ("log", left)):
            new = f"{rest._path(suffix)}.new"
            with open(new, "wb", opener=_private) as file:
                file.write(data)
            os.rename(new, rest._path(suffix))
        self.remove()

    def append(self, data: bytes, now_ms: int) -> None:
        if now_ms - self.stamped >= APART:
            self._stamp([(self.size, now_ms)])
        written = os.write(self.fd, data)
        self.size += written
        self.weight += written
        if written < len(data):
            self._write(data[written:])

    def fill(self, data: bytes, times: list[tuple[int, int]]) -> None:
        """Many appends at once; `times` as (offset, ms)."""
        if times:
            self._stamp([(offset - self.start, max(ms, self.stamped)) for offset, ms in times])
        self._write(data)

    def _write(self, data: bytes) -> None:
        while data:
            written = os.write(self.fd, data)
            self.size += written
            self.weight += written
            data = data[written:]

    def _stamp(self, pairs: list[tuple[int, int]]) -> None:
        entries = packed(pairs)
        while entries:
            entries = entries[os.write(self._index, entries) :]
        self.stamped = pairs[-1][1]
        self.weight += len(pairs) * ENTRY.size

    def read(self, offset: int, length: int) -> bytes:
        """Nothing where the file is gone or unreadable: the reader goes on behind it."""
        length = min(length, self.end - offset)
        try:
            if self.fd >= 0:
                return os.pread(self.fd, length, offset - self.start)
            fd = os.open(self._path("log"), os.O_RDONLY)
            try:
                return os.pread(fd, length, offset - self.start)
            finally:
                os.close(fd)
        except OSError:
            return b""

    def last_ms(self) -> int:
        with Entries(self._path("idx"), self.size) as entries:
            return entries[-1][1] if entries else 0
        return 0

    def written_ms(self) -> int:
        with suppress(FileNotFoundError):
            return int(os.stat(self._path("log")).st_mtime * 1000)
        return 0

    def after(self, ms: int) -> int:
        """Offset of the first byte stamped later than this."""
        with Entries(self._path("idx"), self.size) as entries:
            number = bisect_right(entries, ms, key=by_time)
            return self.start + entries[number][0] if number < len(entries) else self.end
        return self.start

    def times(self, start: int, end: int, most: int) -> list[tuple[int, int]]:
        if start >= self.end:
            return []
        with Entries(self._path("idx"), self.size) as entries:
            first = max(bisect_right(entries, start - self.start, key=by_offset) - 1, 0)
            last = bisect_left(entries, end - self.start, lo=first, key=by_offset)
            pairs = entries.span(first, min(last, first + most))
            return [(max(self.start + delta, start), ms) for delta, ms in pairs]
        return []


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def found(folder: str) -> list[Segment]:
    """The segments in a folder, oldest first; anything else there is none of ours."""
    sizes = {}
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                sizes[entry.name] = entry.stat().st_size
    logs = sorted(name for name in sizes if name.endswith(".log"))
    return [Segment(folder, int(name[:20]), sizes[name], sizes.get(name[:20] + ".idx", 0)) for name in logs]
