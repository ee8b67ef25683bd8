"""Lines that waited, as a prompt does. In: lines, when their bytes were printed, what happened. Out: the same; what came later is a line of its own.

Without it, what follows a prompt after hours would stand before all that happened meanwhile, with the prompt's time. What somebody
types with breaths between stays one line.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from consoles.kept.drawing import plain
from consoles.kept.moments import Kind, Moment
from consoles.kept.parts import Bytes
from consoles.kept.text import Gap, Line

PAUSE = 2000  # milliseconds, with something that happened in them
LONG = 10_000  # in which nothing did
MOST = 64  # lines of one


def waited(
    log: Bytes, found: Iterable[Line | Gap], times: Sequence[tuple[int, int]], happened: Iterable[Moment]
) -> Iterator[Line | Gap]:
    """`times` are those of the whole stretch that was found, and so is what happened."""
    places = {one.offset for one in happened if one.kind is not Kind.SIGHTING}
    for one in found:
        cuts = _cuts(one, times, places) if isinstance(one, Line) else []
        yield from _cut(log, one, cuts) if cuts and isinstance(one, Line) else [one]


def _cuts(line: Line, times: Sequence[tuple[int, int]], places: set[int]) -> list[int]:
    first = max(bisect_right(times, (line.offset, 1 << 62)) - 1, 0)
    within = times[first : bisect_left(times, (line.end, 0))]
    late = [
        offset
        for (_before, ms), (offset, later) in pairwise(within)
        if later - ms >= (PAUSE if offset in places else LONG)
    ]
    return late[: MOST - 1]


def _cut(log: Bytes, line: Line, cuts: list[int]) -> Iterator[Line]:
    """What only ends the line, or shows nothing, stays with what it follows."""
    waiting = None
    for start, end in pairwise([line.offset, *cuts, line.end]):
        text = plain(_between(log, start, end))
        if waiting is None:
            waiting = Line(start, end, text)
        elif not text:
            waiting = waiting._replace(end=end)
        else:
            yield waiting
            waiting = Line(start, end, text)
    if waiting is not None:
        yield waiting._replace(whole=line.whole)


def _between(log: Bytes, start: int, end: int) -> bytes:
    data = b""
    while start < end and (part := log.read(start, end - start)).data and part.offset < end:
        data, start = data + part.data, part.offset + len(part.data)
    return data
