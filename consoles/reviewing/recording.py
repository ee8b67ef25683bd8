"""A stretch of a log as a recording that loads piece by piece. In: a log, from where to where. Out: an index, and each segment by its offsets.

Times are a player's: milliseconds from the beginning, in which long pauses are cut short; `clock` says what time it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import NamedTuple

from consoles.kept.asciicast import stamped, told_missing
from consoles.kept.parts import Part, Timed
from consoles.kept.sanitising import Sanitiser

MIB = 1024 * 1024
SEGMENT = MIB
BUSY = 8000  # events in a segment of many small ones
MOST = 64 * MIB
STAMPS = 500_000  # of an index
EVENTS = 2 * BUSY  # of a segment, whoever made up its borders
LEAD = 32 * 1024  # what a segment's first screen is made of
TAIL = 500  # milliseconds that the last screen stands


class Cut(NamedTuple):
    """Where a segment begins: in the log, and in the player's time."""

    offset: int
    at: int


@dataclass
class Index:
    """`clock`: (player's time, real time) wherever the two do not go on together."""

    start: int
    end: int
    duration: int = TAIL
    cuts: list[Cut] = field(default_factory=list)
    clock: list[tuple[int, int]] = field(default_factory=list)

    @property
    def segments(self) -> Iterator[tuple[Cut, Cut]]:
        """Each with the one that follows."""
        return pairwise([*self.cuts, Cut(self.end, self.duration)])


class Event(NamedTuple):
    at: int
    text: str


def index_of(
    log: Timed, start: int, end: int, *, idle: int = 0, since: int | None = None, until: int | None = None
) -> Index:
    """`idle`: the longest pause, 0 leaves them as they were. At most MOST bytes and STAMPS times: `end` says how far it came.

    With `since` it begins at that time, before anything is printed; with `until` its last screen stands until then.
    """
    start = max(start, log.start)
    making = _Making(Index(start, min(end, log.end, start + MOST)), idle)
    index = making.index
    whole = index.end
    if since is not None:
        making.begin(since)
    pairs = _pairs(log, start, index.end)
    before = next(pairs, None)
    for pair in islice(pairs, STAMPS - 1):
        making.add(before, pair[0])
        before = pair
    index.end = next(pairs, (index.end, 0))[0]
    if start < index.end:
        making.add(before or (start, 0), index.end)
    if until is not None and index.end == whole:
        making.stand(until)
    index.duration = making.at + TAIL
    return index


class _Making:
    def __init__(self, index: Index, idle: int) -> None:
        self.index, self.idle, self.at = index, idle, 0
        self._ms: int | None = None
        self._events = 0

    def begin(self, ms: int) -> None:
        self._ms = ms
        self.index.clock.append((0, ms))
        self.index.cuts.append(Cut(self.index.start, 0))

    def stand(self, ms: int) -> None:
        """TAIL is added to every recording."""
        stood = 0 if self._ms is None else _shortened(ms - self._ms, self.idle)
        self.at += max(stood - TAIL, 0)

    def add(self, pair: tuple[int, int] | None, until: int) -> None:
        """What was printed at a time, up to where the next begins."""
        offset, ms = pair or (self.index.start, 0)
        passed = 0 if self._ms is None else _shortened(ms - self._ms, self.idle)
        self.at += passed
        if self._ms is None or passed != ms - self._ms:
            self.index.clock.append((self.at, ms))
        self._ms = ms
        self._events += 1
        self._cut(max(offset, self.index.start), until, ms)

    def _cut(self, offset: int, until: int, ms: int) -> None:
        cuts, cut = self.index.cuts, Cut(offset, self.at)
        if not cuts:
            cuts.append(cut)
        elif (until - cuts[-1].offset > SEGMENT or self._events > BUSY) and _after(cut, cuts[-1]):
            cuts.append(cut)
            self._events = 0
        while (
            until - cuts[-1].offset > SEGMENT
        ):  # so much at one time: each segment takes a millisecond of its own
            self.at = max(self.at, cuts[-1].at + 1)
            cuts.append(Cut(cuts[-1].offset + SEGMENT, self.at))
            self.index.clock.append((self.at, ms))


def _after(cut: Cut, last: Cut) -> bool:
    return cut.offset > last.offset and cut.at > last.at


def _shortened(passed: int, idle: int) -> int:
    """A clock that was set back stands still."""
    return max(min(passed, idle) if idle else passed, 0)


def _pairs(log: Timed, start: int, end: int) -> Iterator[tuple[int, int]]:
    at, last = start, -1
    while fresh := [pair for pair in log.times(at, end) if pair[0] > last]:
        yield from fresh
        at = last = fresh[-1][0]


def events_of(
    log: Timed, first: Cut, following: Cut, *, idle: int = 0, since: int | None = None
) -> tuple[str, list[Event]]:
    """What was on the screen, as far as what was printed shortly before tells it, and what happened until the next segment begins.

    `since`: the time at which the first segment begins, where it does not begin with what was printed.
    """
    clean = Sanitiser()
    lead = _lead(log, first.offset, clean)
    at, before, found = first.at, since, list[Event]()
    for ms, text in islice(_printed(log, first.offset, following.offset, clean), EVENTS):
        at += 0 if before is None else _shortened(ms - before, idle)
        before = ms
        if text:
            found.append(Event(min(at, following.at - 1), text))
    return lead, found


def _lead(log: Timed, start: int, clean: Sanitiser) -> str:
    """From the beginning of a line on; what is unfinished at its end is held for the segment's first event."""
    at = begins = max(start - LEAD, log.start)
    data = b""
    while at < start and (part := log.read(at, start - at)).data and part.offset < start:
        data, at = data + part.data, part.offset + len(part.data)
    return clean.feed(data if begins == log.start else data[data.find(b"\n") + 1 :])


def _printed(log: Timed, start: int, end: int, clean: Sanitiser) -> Iterator[tuple[int, str]]:
    at = start
    while at < end and (part := log.read(at, end - at)).data and part.offset < end:
        pieces = stamped(log, Part(part.offset, part.data[: end - part.offset]))
        if part.offset > at:
            yield pieces[0][1], _gap(part.offset - at)
        at = part.offset
        for data, ms in pieces:
            yield ms, clean.feed(data)
            at += len(data)


def _gap(count: int) -> str:
    return f"\r\n── {told_missing(count)} ──\r\n"
