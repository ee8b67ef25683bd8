"""Finds words in a log's plain text. In: a log, words, where to begin. Out: hits, as many as the time allowed, and where to go on.

What is found is what the text view shows: sequences in the midst of a word do not hide it, and what was overwritten is not there.
"""

import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from consoles.kept.drawing import plain
from consoles.kept.escapes import CONTROL, MOVING, SEQUENCE
from consoles.kept.parts import Bytes
from consoles.kept.text import Gap, Line, blocks, lines_of, rows

BUDGET = 0.2
MOST = 200
STEP = 16 * 1024  # bytes, and the line they end in, between two looks at the clock
SHOWN = 240  # characters of a line that come with a hit


class Hit(NamedTuple):
    """The line at `offset` has it at the character `column`; `text` is what is around it, from the character `begins` on."""

    offset: int
    end: int
    column: int
    begins: int
    text: str


class Found(NamedTuple):
    """Every hit between where it began and `next`, where to ask again; None when the log was searched to its end."""

    hits: list[Hit]
    next: int | None


def search(
    log: Bytes,
    words: str,
    start: int = 0,
    *,
    end: int | None = None,
    most: int = MOST,
    budget: float = BUDGET,
) -> Found:
    """From the line that holds `start`, in lines that begin before `end`; case does not matter. About `most` hits, about `budget` seconds, but never nothing."""
    until, hits, at = time.monotonic() + budget, list[Hit](), start
    end = log.end if end is None else min(end, log.end)
    needle = words.lower()
    if not needle:
        return Found([], None)
    for block in _steps(blocks(log, start, end)):
        if len(hits) >= most or (at > start and time.monotonic() > until):
            return Found(hits, at)
        if isinstance(block, Gap):
            at = block.end
            continue
        offset, data = block
        for line in _lines(log, offset, data, needle):
            if start < line.end and line.offset < end:
                hits += in_line(line, needle)
            if len(hits) >= most:
                return Found(hits, line.end)
        at = offset + len(data)
    return Found(hits, None)


def _steps(found: Iterable[tuple[int, bytes] | Gap]) -> Iterator[tuple[int, bytes] | Gap]:
    """Blocks, a few of their lines at a time: some take long to draw."""
    for block in found:
        if isinstance(block, Gap):
            yield block
            continue
        (offset, data), at = block, 0
        while at < len(data):
            end = data.find(b"\n", at + STEP) + 1 or len(data)
            yield offset + at, data[at:end]
            at = end


def _lines(log: Bytes, offset: int, data: bytes, needle: str) -> Iterator[Line]:
    """Those of the block's lines that may have it; most blocks have none, and are not taken apart."""
    if _may_have(data, needle):
        yield from lines_of(offset, data, log.end)


def _may_have(data: bytes, needle: str) -> bool:
    """By one look at all of the text; only lines in which the cursor went back are drawn for it."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r\n", "\n")
    if CONTROL.search(text) is None:
        return needle in text.lower()
    if needle in CONTROL.sub("", SEQUENCE.sub("", text)).lower():
        return True
    if MOVING.search(text) is None:
        return False
    letters = set(needle) - {" "}
    moved = (
        line
        for shown, line in zip(text.split("\n"), data.split(b"\n"), strict=True)
        if letters.issubset(shown.lower()) and MOVING.search(shown)
    )
    return any(needle in plain(row).lower() for line in moved for _, row in rows(0, line))


def in_line(line: Line, needle: str) -> list[Hit]:
    """Lower case may have more letters than there were; such a line is searched as it is."""
    low, hits, at = line.text.lower(), list[Hit](), 0
    low = low if len(low) == len(line.text) else line.text
    while (at := low.find(needle, at)) >= 0 and len(hits) < MOST:
        begins = max(at - SHOWN // 4, 0)
        hits.append(Hit(line.offset, line.end, at, begins, line.text[begins : begins + SHOWN]))
        at += len(needle)
    return hits
