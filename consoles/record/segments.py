"""All segments of one line, oldest first. In: bytes for the last of them, and the limit they share. Out: bytes, offsets and times across their borders.

Whatever the disk refuses comes out as OSError from what writes; what reads goes on behind a file that cannot be read.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from operator import attrgetter

from consoles.record.segment import Segment, found

KIB, MIB = 1024, 1024 * 1024
SMALLEST, LARGEST = 64 * KIB, 8 * MIB
STEP_BACK = 60_000  # the clock was set back: a new segment, within which times only grow again
by_start = attrgetter("start")


class Segments:
    """`sealed` is called when a segment is full, and bytes go into the next one."""

    def __init__(self, folder: str, limit: int, sealed: Callable[[], None] = lambda: None) -> None:
        self._folder, self._sealed = folder, sealed
        self._all: list[Segment] = []
        self._tail: Segment | None = None
        self._others = 0  # what all but the last weigh
        self._limit, self._size = limit, min(max(limit // 16, SMALLEST), LARGEST)

    def look(self) -> None:
        self._all = found(self._folder)

    @property
    def start(self) -> int | None:
        return next((segment.start for segment in self._all if segment.size), None)

    @property
    def end(self) -> int:
        return self._all[-1].end if self._all else 0

    def last_ms(self) -> int | None:
        return next(filter(None, map(Segment.last_ms, reversed(self._all))), None)

    def append(self, offset: int, data: bytes, now_ms: int) -> None:
        tail = self._tail
        if tail is None or tail.weight >= self._size or now_ms < tail.stamped - STEP_BACK:
            tail = self._turn(offset, now_ms)
        tail.append(data, now_ms)
        if self._others + tail.weight > self._limit:
            self._shrink()

    def fill(self, offset: int, data: bytes, times: list[tuple[int, int]]) -> None:
        """Many appends at once; `times` as (offset, ms)."""
        self._turn(offset, times[0][1] if times else 0).fill(data, times)
        self._shrink()

    def set_limit(self, limit: int) -> None:
        self._limit, self._size = limit, min(max(limit // 16, SMALLEST), LARGEST)
        self._shrink()

    def forget(self, before: int) -> None:
        """What lies before the offset goes, exactly; killed in the middle and asked again, it does the rest."""
        self.close()
        while self._all and (self._all[0].end <= before or self._is_cut(before)):
            self._all[0].remove()
            del self._all[0]
        if self._all and self._all[0].start < before:
            self._all[0].cut(before)
            self.look()
        self._others = 0

    def _is_cut(self, before: int) -> bool:
        """What is left of the first one is a segment already, and may have grown since."""
        return len(self._all) > 1 and self._all[1].start <= before

    def close(self) -> None:
        self._tail = None
        if self._all:
            self._all[-1].close()

    def back_off(self) -> None:
        """Closes the last one, and takes it away if it has come to nothing."""
        self.close()
        if self._all and not self._all[-1].size:
            with suppress(OSError):
                self._all.pop().remove()

    def read(self, offset: int, length: int) -> tuple[int, bytes] | None:
        """The first bytes there are at or after the offset, out of one segment."""
        for segment in self._from(offset):
            at = max(offset, segment.start)
            if at < segment.end and (data := segment.read(at, length)):
                return at, data
        return None

    def after(self, ms: int) -> int | None:
        timed = [segment for segment in self._all if segment.timed]
        number = bisect_right(timed, ms, key=Segment.last_ms)
        return timed[number].after(ms) if number < len(timed) else None

    def before(self, offset: int) -> int | None:
        """Where the last of what is below the offset ends; None where nothing is."""
        ends = [min(segment.end, offset) for segment in self._all if segment.size and segment.start < offset]
        return max(ends, default=None)

    def times(self, start: int, end: int, most: int) -> list[tuple[int, int]]:
        pairs: list[tuple[int, int]] = []
        for segment in self._from(start):
            if segment.start >= end or len(pairs) >= most:
                break
            pairs += segment.times(start, end, most - len(pairs))
        return pairs

    def _from(self, offset: int) -> Iterator[Segment]:
        number = bisect_right(self._all, offset, key=by_start)
        return islice(self._all, max(number - 1, 0), None)

    def _turn(self, offset: int, now_ms: int) -> Segment:
        """Opens the segment for the next byte: the last one while it has room, else a new one."""
        last = self._all[-1] if self._all else None
        if last is None or last.end != offset or (last.size and not self._goes_on(last, now_ms)):
            if last:
                last.close()
                self._sealed()
            last = Segment(self._folder, offset)
            self._all.append(last)
        last.open()
        self._tail = last
        self._others = sum(segment.weight for segment in self._all) - last.weight
        return last

    def _goes_on(self, last: Segment, now_ms: int) -> bool:
        return last.weight < self._size and now_ms >= last.last_ms() - STEP_BACK

    def _shrink(self) -> None:
        total = sum(segment.weight for segment in self._all)
        while total > self._limit and len(self._all) > 1:
            self._all[0].remove()
            total -= self._all.pop(0).weight
        self._others = total - self._all[-1].weight if self._all else 0
