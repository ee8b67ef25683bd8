"""A stretch of a log as an asciicast. In: a log, from where to where. Out: JSON lines with its real timing, safe to play.

A player shows what a screen showed and nothing else: what sets titles, clipboards and links, asks the terminal something or rings
for ever is left out, see `sanitising.py`.
"""

import json
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from django.utils.translation import ngettext

from consoles.kept.parts import PAIRS, Part, Timed
from consoles.kept.sanitising import Sanitiser
from consoles.kept.text import Gap

MOST = 2 * 1024 * 1024
EVENTS = 20_000  # of a stretch, however few bytes came with each
LONGEST = MOST // 32  # a sequence that goes on for longer is cut all the same
VERSION = 3


class Event(NamedTuple):
    """`offset` is that of the first byte it was made of; `ms` never goes back within a stretch."""

    offset: int
    ms: int
    text: str


class Stretch(NamedTuple):
    """What can be played, where bytes are missing, and where the next stretch begins: not inside a sequence or a character. None is the end."""

    events: list[Event]
    gaps: list[Gap]
    next: int | None


def stretch(log: Timed, start: int, end: int | None = None, *, most: int = MOST) -> Stretch:
    """Of about `most` bytes of the log, and EVENTS times."""
    end = log.end if end is None else min(end, log.end)
    stop, at, clean = min(end, start + most), start, Sanitiser()
    events, gaps, ms, left = list[Event](), list[Gap](), 0, EVENTS
    while at < stop and left:
        part = log.read(at, stop - at)
        if not part.data or part.offset >= end:
            break
        if part.offset > at:
            gaps.append(Gap(at, part.offset))
            clean = Sanitiser()
        at = part.offset
        pieces = stamped(log, part)[:left]
        left -= len(pieces)
        for data, printed in pieces:
            ms = max(ms, printed)
            if text := clean.feed(data):
                events.append(Event(at, ms, text))
            at += len(data)
    cut = clean.pending if at < end and clean.pending < min(at - start, LONGEST) else 0
    return Stretch(events, gaps, at - cut if at < end else None)


def stamped(log: Timed, part: Part) -> list[tuple[bytes, int]]:
    """The part's bytes as they came, each with its time; the end of it is left out where there are more times than an answer has."""
    pairs = log.times(part.offset, part.offset + len(part.data)) or _later(log, part.offset)
    ends = [offset for offset, _ms in pairs[1:]]
    if len(pairs) < PAIRS:
        ends.append(part.offset + len(part.data))
    starts = [part.offset, *ends]
    slices = [part.data[a - part.offset : b - part.offset] for a, b in pairwise(starts)]
    return [(data, ms) for data, (_offset, ms) in zip(slices, pairs, strict=False) if data]


def _later(log: Timed, offset: int) -> list[tuple[int, int]]:
    """Where no clock was kept, the next time that is known will do."""
    return [(offset, ms) for _offset, ms in log.times(offset, log.end)[:1]] or [(offset, 0)]


class Mark(NamedTuple):
    """A place to jump to in the player."""

    ms: int
    label: str


def header(*, ms: int = 0, title: str = "") -> str:
    """The first line; `ms` is when it was recorded."""
    about = {"version": VERSION, "term": {"cols": 80, "rows": 24}, "timestamp": ms // 1000}
    return json.dumps(about | ({"title": title} if title else {}), ensure_ascii=False) + "\n"


def cast(
    log: Timed, start: int, end: int | None = None, *, title: str = "", marks: Sequence[Mark] = ()
) -> Iterator[str]:
    """A whole file, line by line, however long the stretch is: for downloads."""
    before: int | None = None
    for ms, kind, text in _with_marks(_said(log, start, end), marks):
        if before is None:
            before = ms
            yield header(ms=ms, title=title)
        before, since = max(before, ms), before
        yield json.dumps([(before - since) / 1000, kind, text], ensure_ascii=False) + "\n"
    if before is None:
        yield header(title=title)


def _said(log: Timed, start: int, end: int | None) -> Iterator[tuple[int, str, str]]:
    at: int | None = start
    while at is not None:
        played = stretch(log, at, end)
        gaps = deque(played.gaps)
        for event in played.events:
            while gaps and gaps[0].end <= event.offset:
                gap = gaps.popleft()
                yield event.ms, "m", told_missing(gap.end - gap.offset)
            yield event.ms, "o", event.text
        at = played.next


def told_missing(count: int) -> str:
    return ngettext("%(count)d byte is missing", "%(count)d bytes are missing", count) % {"count": count}


def _with_marks(
    said: Iterator[tuple[int, str, str]], marks: Sequence[Mark]
) -> Iterator[tuple[int, str, str]]:
    """Marks before the first byte are at the beginning, those after the last are left out."""
    waiting = deque(sorted(marks))
    for entry in said:
        while waiting and waiting[0].ms <= entry[0]:
            mark = waiting.popleft()
            yield entry[0], "m", mark.label
        yield entry
