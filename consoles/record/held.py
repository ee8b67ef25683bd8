"""What the disk refuses. In: bytes with their times. Out: the last 64 KiB of them, for viewers who keep up and for the disk once it takes them."""

from collections import deque

from consoles.record.index import APART

MOST = 64 * 1024


class Held:
    def __init__(self, start: int) -> None:
        self.start = start
        self.data = bytearray()
        self._times: deque[tuple[int, int]] = deque()

    @property
    def end(self) -> int:
        return self.start + len(self.data)

    def add(self, data: bytes, now_ms: int) -> None:
        if data and (not self._times or now_ms - self._times[-1][1] >= APART):
            self._times.append((self.end, now_ms))
        self.data += data
        self.forget(self.end - MOST)

    def forget(self, offset: int) -> None:
        """Drops what lies before the offset."""
        if offset <= self.start:
            return
        del self.data[: offset - self.start]
        self.start = offset
        while len(self._times) > 1 and self._times[1][0] <= offset:
            self._times.popleft()
        if not self.data:
            self._times.clear()

    def read(self, offset: int, length: int) -> bytes:
        at = offset - self.start
        return bytes(self.data[at : at + length])

    def after(self, ms: int) -> int:
        """Offset of the first byte that came later than this, or the end."""
        return next((offset for offset, at in self.times(self.start, self.end) if at > ms), self.end)

    def times(self, start: int, end: int) -> list[tuple[int, int]]:
        start = max(start, self.start)
        before = [(start, ms) for offset, ms in self._times if offset <= start][-1:]
        return before * (start < end) + [pair for pair in self._times if start < pair[0] < end]
