"""A line whose every byte tells its offset."""

from consoles.record.spool import Spool

KIB = 1024
MIB = 1024 * KIB
NOON = 1_795_000_000_000


def text(offset: int, length: int) -> bytes:
    """What the line of these tests prints: from an offset follows the byte."""
    first = offset // 8
    lines = b"".join(b"%07d\n" % (number % 10_000_000) for number in range(first, (offset + length) // 8 + 1))
    return lines[offset - first * 8 :][:length]


def fill(spool: Spool, total: int, at_once: int = 4 * KIB, now: int = NOON) -> None:
    for number in range(total // at_once):
        spool.append(text(spool.end, at_once), now + number)
