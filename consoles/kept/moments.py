"""What happened to a machine while its line printed. In: a log, its port, a stretch of it. Out: moments, each with its place in the log.

People who came and went, the keyboard that changed hands, what was done to the machine, and what was seen in what it printed.
"""

from datetime import datetime
from typing import NamedTuple

from consoles.kept.asciicast import Mark
from consoles.kept.happenings import Between, Happening, Kind, datetime_of, happenings
from consoles.kept.parts import Timed
from portal.fleet.models import SerialPort

MOST, MOST_MARKS = 500, 5000
__all__ = ["Kind", "Moment", "marks", "moments", "moments_of_time"]


class Moment(NamedTuple):
    """`what` is the kind's own code (an operation's kind, a sighting's kind, why a session ended); `label` says it to people."""

    ms: int
    offset: int
    kind: Kind
    what: str
    label: str
    who: str = ""
    session: str = ""


def moments(
    log: Timed, port: SerialPort, start: int = 0, end: int | None = None, *, most: int = MOST
) -> list[Moment]:
    """Those between two offsets, in their order; the newest `most` where there are more. As many queries as there are kinds.

    Without an end, also what happened since the last byte; what happened before the very first is at the beginning.
    """
    begin = max(start, log.start)
    placed = [_placed(log, one) for one in _newest(log, port, begin, end, most)]
    inside = [one for one in placed if one.offset >= begin and (end is None or one.offset < end)]
    return sorted(inside, key=lambda one: (one.offset, one.ms))


def moments_of_time(log: Timed, port: SerialPort, between: Between, *, most: int = MOST) -> list[Moment]:
    """The newest `most` of those that happened then, whether anything was printed or not; what was seen, by where it was printed."""
    told = sorted(happenings(port, between, most), key=lambda one: one.ms)[-most:]
    return [_placed(log, one) for one in told]


def marks(log: Timed, port: SerialPort, start: int = 0, end: int | None = None) -> list[Mark]:
    """The same for a file, which knows its times itself."""
    return [Mark(one.ms, one.label) for one in _newest(log, port, max(start, log.start), end, MOST_MARKS)]


def _newest(log: Timed, port: SerialPort, begin: int, end: int | None, most: int) -> list[Happening]:
    told = happenings(port, Between(begin, end, _since(log, begin), _at(log, end)), most)
    return sorted(told, key=lambda one: one.ms)[-most:]


def _since(log: Timed, begin: int) -> datetime | None:
    return _at(log, begin - 1 if begin > log.start else begin) if begin else None


def _at(log: Timed, offset: int | None) -> datetime | None:
    ms = None if offset is None else log.when(offset)
    return None if ms is None else datetime_of(ms)


def _placed(log: Timed, one: Happening) -> Moment:
    offset = log.since(one.ms) if one.offset is None else one.offset
    return Moment(one.ms, offset, one.kind, one.what, one.label, one.who, one.session)
