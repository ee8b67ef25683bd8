"""The arithmetic of a circular log. In: offsets and sizes. Out: how many pieces leave, and how many bytes were lost on the way."""

from collections.abc import Sequence

from consoles.record.mark import SKIP
from consoles.record.segment import Segment


def leaving(sizes: Sequence[int], waiting: int, limit: int) -> int:
    """How many of the pieces, oldest first, go so that the rest fits with what waits on the hub's disk. The newest bytes there are stay, whatever the limit."""
    total, last = sum(sizes) + waiting, len(sizes) if waiting else len(sizes) - 1
    count = 0
    while count < last and total > limit:
        total -= sizes[count]
        count += 1
    return count


def waiting(segments: Sequence[Segment], archived_to: int) -> int:
    """Bytes on the hub's disk that are in no store; after a power cut offsets between two segments may be of none."""
    return sum(max(segment.end - max(segment.start, archived_to), 0) for segment in segments)


def between(archived_to: int, start: int | None, end: int) -> int:
    """The same for whoever sees only where the disk's part begins and ends."""
    return max(end - max(start or 0, archived_to), 0) % SKIP


def lost(archived_to: int, spool_start: int, on_disk: int, limit: int | None) -> int:
    """Bytes that left the hub's disk before a store took them, and that the machine's limit would still have kept; without one, all of them.

    Offsets that nothing was ever printed at, because the power went away, are no loss.
    """
    missing = max(spool_start - archived_to, 0) % SKIP
    return missing if limit is None else min(missing, max(limit - on_disk, 0))
