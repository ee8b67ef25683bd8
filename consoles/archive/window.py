"""The arithmetic of a circular log. In: offsets and sizes. Out: how many pieces leave, and how many bytes were lost on the way."""

from collections.abc import Sequence

from consoles.record.mark import SKIP


def leaving(sizes: Sequence[int], waiting: int, limit: int) -> int:
    """How many of the pieces, oldest first, go so that the rest fits with what waits on the hub's disk. The newest bytes there are stay, whatever the limit."""
    total, last = sum(sizes) + waiting, len(sizes) if waiting else len(sizes) - 1
    count = 0
    while count < last and total > limit:
        total -= sizes[count]
        count += 1
    return count


def lost(archived_to: int, spool_start: int, spool_end: int, limit: int) -> int:
    """Bytes that left the hub's disk before a store took them, and that the machine's limit would still have kept.

    Offsets that nothing was ever printed at, because the power went away, are no loss.
    """
    missing = max(spool_start - archived_to, 0) % SKIP
    return min(missing, max(limit - (spool_end - spool_start), 0))
