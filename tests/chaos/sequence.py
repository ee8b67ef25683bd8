"""What a device of these tests prints: numbers without end, so that any byte's place is known. In: a place. Out: the bytes from there on."""

import re

COUNT = 1_000_000
BLOCK = b"".join(b"%09d\n" % number for number in range(COUNT))
GREETING = re.compile(rb"\n\[connection (\d+) at (\d+)\]\n")


def printed(place: int, length: int) -> bytes:
    """It starts anew after ten megabytes."""
    start = place % len(BLOCK)
    found = BLOCK[start : start + length]
    while len(found) < length:
        found += BLOCK[: length - len(found)]
    return found


def greeting(number: int, place: int) -> bytes:
    return b"\n[connection %d at %d]\n" % (number, place)
