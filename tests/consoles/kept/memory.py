"""A log in memory: what was printed, when, and what of it is missing."""

from bisect import bisect_right
from dataclasses import dataclass, field

from consoles.kept.parts import PIECE, Part

NOON = 1_795_000_000_000


@dataclass
class Memory:
    data: bytes = b""
    start: int = 0
    stamps: list[tuple[int, int]] = field(default_factory=list)
    holes: list[tuple[int, int]] = field(default_factory=list)
    piece: int = PIECE
    read_bytes: int = 0

    @property
    def end(self) -> int:
        return self.start + len(self.data)

    def print(self, data: bytes, ms: int) -> None:
        self.stamps.append((self.end, ms))
        self.data += data

    def read(self, offset: int, length: int = PIECE) -> Part:
        offset = max(offset, self.start)
        stop = min(offset + min(length, self.piece), self.end)
        for begin, end in self.holes:
            if begin <= offset < end:
                return self.read(end, length)
            if offset < begin < stop:
                stop = begin
        self.read_bytes += stop - offset
        return Part(offset, self.data[offset - self.start : stop - self.start])

    def times(self, start: int, end: int) -> list[tuple[int, int]]:
        first = max(bisect_right(self.stamps, start, key=lambda pair: pair[0]) - 1, 0)
        return [(max(offset, start), ms) for offset, ms in self.stamps[first:] if offset < end]

    def when(self, offset: int) -> int | None:
        return next((ms for _offset, ms in self.times(offset, offset + 1)), None)

    def since(self, ms: int) -> int:
        return next((offset for offset, at in self.stamps if at > ms), self.end)
