"""A sealed piece of a line's log as one object. In: bytes with their times, or an object from wherever it was kept. Out: the object; or any range of it again.

`magic, length of the header, header (JSON), length of the index, index (zstd), data (zstd)`. An object is not trusted: what
is not exactly what was packed is Damaged, and no more memory is taken for it than a piece may have.
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from hashlib import sha256
from struct import Struct
from typing import NamedTuple, overload

import zstandard

from consoles.record.index import ENTRY, by_offset, by_time, packed

MAGIC = b"HPLOG1\r\n"
LENGTH = Struct("!I")
LONGEST_HEADER = 4 * 1024
LARGEST = 32 * 1024 * 1024  # of the data, and of the index; the spool's segments have a quarter of it
MOST = 16 * 1024
LEVEL = 3


class Damaged(Exception):
    """The object is not what was packed; the words say how that was seen."""


def pack(line: str, start: int, data: bytes, times: list[tuple[int, int]], unstamped_ms: int) -> bytes:
    """`times` as (offset, ms); `unstamped_ms` is when it was printed as far as anybody knows, where there are none."""
    index = packed([(offset - start, ms) for offset, ms in times])
    first_ms, last_ms = (times[0][1], times[-1][1]) if times else (unstamped_ms, unstamped_ms)
    facts = Facts(line, start, len(data), first_ms, last_ms)
    header = {**facts._asdict(), "sha256": _digest(facts, index, data)}
    told = json.dumps(header, separators=(",", ":")).encode()
    squeeze = zstandard.ZstdCompressor(level=LEVEL).compress
    small = squeeze(index)
    return b"".join((MAGIC, LENGTH.pack(len(told)), told, LENGTH.pack(len(small)), small, squeeze(data)))


class Facts(NamedTuple):
    line: str
    start: int
    size: int
    first_ms: int
    last_ms: int


class Packed:
    """Reads as a segment of the spool does."""

    __slots__ = ("_data", "_stamps", "first_ms", "last_ms", "line", "size", "start")

    def __init__(self, blob: bytes) -> None:
        """Raises Damaged."""
        facts, digest, at = _header(blob)
        index, at = _counted(blob, at)
        index, data = _opened(index), _opened(blob[at:])
        if len(data) != facts.size or _digest(facts, index, data) != digest:
            raise Damaged("its hash is another")
        self.line, self.start, self.size, self.first_ms, self.last_ms = facts
        self._data, self._stamps = data, Stamps(index)

    @property
    def end(self) -> int:
        return self.start + self.size

    def read(self, offset: int, length: int) -> bytes:
        at = max(offset - self.start, 0)
        return self._data[at : at + length]

    def after(self, ms: int) -> int:
        """Offset of the first byte stamped later than this."""
        number = bisect_right(self._stamps, ms, key=by_time)
        return self.start + self._stamps[number][0] if number < len(self._stamps) else self.end

    def times(self, start: int, end: int, most: int = MOST) -> list[tuple[int, int]]:
        if start >= self.end:
            return []
        first = max(bisect_right(self._stamps, start - self.start, key=by_offset) - 1, 0)
        last = bisect_left(self._stamps, end - self.start, lo=first, key=by_offset)
        pairs = self._stamps[first : min(last, first + most)]
        return [(max(self.start + delta, start), ms) for delta, ms in pairs]


class Stamps(Sequence[tuple[int, int]]):
    """The index as it was packed: twelve bytes for each moment, not two numbers and a tuple."""

    def __init__(self, index: bytes) -> None:
        self._index = index

    def __len__(self) -> int:
        return len(self._index) // ENTRY.size

    @overload
    def __getitem__(self, number: int) -> tuple[int, int]: ...
    @overload
    def __getitem__(self, number: slice) -> list[tuple[int, int]]: ...
    def __getitem__(self, number: int | slice) -> tuple[int, int] | list[tuple[int, int]]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        delta, ms = ENTRY.unpack_from(self._index, number % len(self) * ENTRY.size)
        return delta, ms


def _digest(facts: Facts, index: bytes, data: bytes) -> str:
    digest = sha256(json.dumps([*facts, len(index)]).encode())
    digest.update(index)
    digest.update(data)
    return digest.hexdigest()


def facts_of(blob: bytes) -> Facts:
    """What an object says of itself, believed only of one that was packed a moment ago."""
    return _header(blob)[0]


def _header(blob: bytes) -> tuple[Facts, str, int]:
    """The facts, the hash, and where what follows begins."""
    if not blob.startswith(MAGIC):
        raise Damaged("it is no piece of a log")
    told, at = _counted(blob, len(MAGIC))
    if len(told) > LONGEST_HEADER:
        raise Damaged("its header is too long")
    try:
        header = json.loads(told)
        return Facts(*(header[name] for name in Facts._fields)), header["sha256"], at
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Damaged("its header cannot be read") from error


def _counted(blob: bytes, at: int) -> tuple[bytes, int]:
    at += LENGTH.size
    if at > len(blob):
        raise Damaged("it is cut off")
    behind = at + LENGTH.unpack_from(blob, at - LENGTH.size)[0]
    if behind > len(blob):
        raise Damaged("it is cut off")
    return blob[at:behind], behind


def _opened(squeezed: bytes) -> bytes:
    """The frame says how much it becomes before memory is taken for it."""
    try:
        if not 0 <= zstandard.frame_content_size(squeezed) <= LARGEST:
            raise Damaged("it is too large")
        return zstandard.ZstdDecompressor().decompress(squeezed, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise Damaged("it cannot be unpacked") from error
