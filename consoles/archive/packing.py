"""What of a line's spool is ready for its archive. In: the line's folder, as the hub left it. Out: the pieces that are due, and each of them packed."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from consoles.record.packed import pack
from consoles.record.segment import ALL, Segment

QUIET_MS = 10 * 60 * 1000  # the last segment waits no longer for more
SMALL = 256 * 1024  # the piece of a quiet line is made anew with what came since, as long as it is small


class Due(NamedTuple):
    segment: Segment
    start: int

    @property
    def end(self) -> int:
        return self.segment.end

    def beyond(self, offset: int) -> int:
        """How many of its bytes are new to somebody who has all before the offset."""
        return max(self.end - max(self.start, offset), 0)


class Newest(NamedTuple):
    """The newest piece there is."""

    start: int
    end: int


class Gone(Exception):
    """The hub has dropped it meanwhile."""


def due(
    segments: Sequence[Segment], archived_to: int, newest: Newest | None, *, quiet_before_ms: int
) -> Iterator[Due]:
    """Oldest first. Every segment but the last is sealed, and the last one too where nothing was printed since."""
    for segment in segments:
        is_last = segment is segments[-1]
        if segment.end > archived_to and not (is_last and _stamped(segment) >= quiet_before_ms):
            yield Due(segment, _start(segment, archived_to, newest))


def _start(segment: Segment, archived_to: int, newest: Newest | None) -> int:
    if newest and segment.start <= newest.start and newest.end == archived_to < newest.start + SMALL:
        return newest.start
    return max(segment.start, archived_to)


def packed(line_id: str, piece: Due) -> bytes:
    """Raises Gone."""
    data = piece.segment.read(piece.start, piece.end - piece.start)
    if len(data) != piece.end - piece.start:
        raise Gone
    times = piece.segment.times(piece.start, piece.end, ALL)
    return pack(line_id, piece.start, data, times, _stamped(piece.segment))


def _stamped(segment: Segment) -> int:
    """When it was last printed to; of one whose index is lost, when it was last written."""
    return segment.last_ms() or segment.written_ms()
