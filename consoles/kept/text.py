"""A log as plain text. In: a log. Out: lines as a terminal would have left them, each with the offsets of the bytes it was made of.

A line depends on its own bytes alone, so that text can begin anywhere: a sequence that a newline cuts is at its end there.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from consoles.kept.drawing import plain
from consoles.kept.parts import Bytes

GRID = 64 * 1024  # what has no newline for so long is cut where the offset is a multiple of this
MOVES = re.compile(rb"\x1b\[(\d{0,4})(?:;\d{0,4})?([ABEFHdf])")
TO_ROW = (b"H", b"f", b"d")


class Line(NamedTuple):
    """`whole` is false for the last one of a log while nothing has ended it: ask again from its offset."""

    offset: int
    end: int
    text: str
    whole: bool = True


class Gap(NamedTuple):
    """Bytes that are not there any more: they left the circular window, or what held them is damaged."""

    offset: int
    end: int


def lines(log: Bytes, start: int = 0, end: int | None = None) -> Iterator[Line | Gap]:
    """From the line that holds `start`, up to those that begin before `end`; go on from the last one's end. Never more than 400 KiB in memory."""
    if start < log.start:
        yield Gap(start, log.start)
    end = log.end if end is None else min(end, log.end)
    for block in blocks(log, start, end):
        if isinstance(block, Gap):
            yield block
            continue
        for line in lines_of(*block, log.end):
            if start < line.end and line.offset < end:
                yield line


def lines_of(offset: int, data: bytes, log_end: int) -> Iterator[Line]:
    """Of a block; what is not ended is whole all the same, unless the log ends there too."""
    for piece in _cut(offset, data):
        behind = offset + len(piece)
        whole = piece.endswith(b"\n") or behind < log_end
        for at, row in rows(offset, piece):
            text = plain(row)
            if text or at == offset:
                yield Line(at, at + len(row), text, whole or at + len(row) < behind)
        offset = behind


def line_start(log: Bytes, offset: int) -> int:
    """Where the line begins that holds this byte."""
    at = max(offset - 2 * GRID, log.start)
    began = at
    while at < offset:
        part = log.read(at, offset - at)
        if not part.data or part.offset >= offset:
            break
        if part.offset > at:
            began = part.offset
        newline = part.data.rfind(b"\n", 0, offset - part.offset)
        began = part.offset + newline + 1 if newline >= 0 else began
        at = part.offset + len(part.data)
    cut = offset // GRID * GRID
    return cut if cut - GRID >= began else min(began, offset)


def blocks(log: Bytes, start: int, end: int) -> Iterator[tuple[int, bytes] | Gap]:
    """Many whole lines at a time, from the one that holds `start`; what was printed without a newline for long is cut as lines are."""
    at, held = line_start(log, max(start, log.start)), b""
    while at < end:
        part = log.read(at + len(held))
        if held and (not part.data or part.offset > at + len(held)):
            yield at, held
            at, held = at + len(held), b""
        if not part.data:
            return
        if part.offset > at + len(held):
            yield Gap(at, part.offset)
            at = part.offset
        held += part.data
        done = held.rfind(b"\n") + 1 or _last_cut(at, len(held))
        if done:
            yield at, held[:done]
            at, held = at + done, held[done:]


def _last_cut(offset: int, length: int) -> int:
    """How much of bytes without a newline can be let go of; 0 while the next cut is not reached."""
    cut = (offset + length) // GRID * GRID
    return cut - offset if cut - GRID >= offset else 0


def _cut(offset: int, data: bytes) -> Iterator[bytes]:
    for piece in data.splitlines(keepends=True) if _only_newlines(data) else _split(data):
        if len(piece) < GRID:
            yield piece
        else:
            yield from _cut_long(offset, piece)
        offset += len(piece)


def _only_newlines(data: bytes) -> bool:
    """Whether `splitlines` can be had: it takes a lone carriage return for an end as well."""
    return data.count(b"\r") == data.count(b"\r\n")


def _split(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        end = data.find(b"\n", at) + 1 or len(data)
        yield data[at:end]
        at = end


def _cut_long(offset: int, piece: bytes) -> Iterator[bytes]:
    at, cut = 0, -(-(offset + GRID) // GRID) * GRID - offset
    while cut < len(piece):
        yield piece[at:cut]
        at, cut = cut, cut + GRID
    yield piece[at:]


def rows(offset: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """Where a program moved the cursor to another row instead of printing a newline, another line of text begins."""
    at, row = 0, b""
    for move in MOVES.finditer(data):
        number, how = move.groups()
        stays = how in TO_ROW and number == row
        row = number if how in TO_ROW else b""
        if not stays and move.start() > at:
            yield offset + at, data[at : move.start()]
            at = move.start()
    yield offset + at, data[at:]
