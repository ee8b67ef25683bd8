"""A stretch of a log as the page shows it. In: a log, and from where or until where. Out: rows of text, of gaps and of moments, by offset.

Each is bounded in rows and in characters, so that an answer is small whatever the guest printed.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from consoles.diagnostics.erased import told_at
from consoles.kept.log import Log
from consoles.kept.moments import Moment, moments
from consoles.kept.text import Gap, Line, line_start, lines
from consoles.kept.waiting import waited
from portal.fleet.models import SerialPort

MOST_ROWS = 400
MOST_BYTES = 256 * 1024  # also of lines that erase themselves
WIDEST = 2000  # characters of a line that are shown; a download has them all
BACK = 64 * 1024
TURNS = (0x200E, 0x200F, 0x061C, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
PICTURES: dict[int, int | str] = {
    **{code: 0x2400 + code for code in range(0x20)},
    0x7F: 0x2421,
    **{code: f"<{code:02X}>" for code in (*range(0x80, 0xA0), *TURNS, *range(0x2400, 0x2422))},
}


@dataclass(frozen=True)
class Stretch:
    """What lies between two offsets; `last` says that the log ended there when it was looked at."""

    start: int
    end: int
    rows: list[dict[str, Any]]
    last: bool


def forward(log: Log, port: SerialPort, start: int, *, raw: bool = False) -> Stretch:
    """From the line that holds `start`."""
    found: list[Line | Gap] = []
    weight = 0
    for one in lines(log, start):
        if len(found) >= MOST_ROWS or weight > MOST_BYTES:
            break
        found.append(one)
        weight += one.end - one.offset if isinstance(one, Line) else 0
    begins = found[0].offset if found else max(start, log.start)
    return _stretch(log, port, found, begins, found[-1].end if found else max(begins, log.end), raw)


def backward(log: Log, port: SerialPort, end: int, *, raw: bool = False) -> Stretch:
    """Up to the line that begins before `end`: as many as there is room for, the last ones."""
    begins = _back(log, end)
    found = list(lines(log, begins, end))[-MOST_ROWS:]
    if begins > log.start and not any(isinstance(one, Line) for one in found):
        found = list(lines(log, _back(log, log.before(begins)), end))[-MOST_ROWS:]
    begins = found[0].offset if found else begins
    return _stretch(log, port, found, begins, found[-1].end if found else end, raw)


def _back(log: Log, end: int) -> int:
    return line_start(log, max(end - BACK, log.start)) if end > log.start else log.start


def _stretch(log: Log, port: SerialPort, found: list[Line | Gap], start: int, end: int, raw: bool) -> Stretch:
    last = end >= log.end
    times = log.times(start, end)
    offsets = [offset for offset, _ms in times]
    happened = [
        one
        for one in moments(log, port, start, None if last else end)
        if start <= one.offset and (last or one.offset < end)
    ]
    shown = [_shown(log, one, raw) for one in waited(log, found, times, happened)]
    for row in shown:
        at = bisect_right(offsets, row["offset"]) - 1
        row["ms"] = times[at][1] if at >= 0 else None
    shown += [_moment(one) for one in happened]
    shown.sort(key=lambda row: (row["offset"], row["kind"] == "line"))
    return Stretch(start, end, _erased(log, port, start) + shown, last)


def _erased(log: Log, port: SerialPort, start: int) -> list[dict[str, Any]]:
    """Where the log begins, and does so because somebody, or retention, deleted what was before."""
    told = told_at(port.line_id, log.start) if start <= log.start else None
    if told is None:
        return []
    text, at = told
    return [{"kind": "erased", "offset": log.start, "ms": int(at.timestamp() * 1000), "text": text}]


def _shown(log: Log, one: Line | Gap, raw: bool) -> dict[str, Any]:
    if isinstance(one, Gap):
        account = log.shut_between(one.offset, one.end)
        shut = {"account": account.name} if account else {}
        return {"kind": "gap", "offset": one.offset, "end": one.end, "bytes": one.end - one.offset, **shut}
    text = _raw(log, one) if raw else one.text
    row = {
        "kind": "line",
        "offset": one.offset,
        "end": one.end,
        "text": text[:WIDEST],
        **({"raw": True} if raw else {}),
    }
    return {**row, "more": len(text) - WIDEST} if len(text) > WIDEST else row


def _raw(log: Log, line: Line) -> str:
    """What was sent, with a picture for every character that would do something."""
    data = log.read(line.offset, min(line.end - line.offset, 4 * WIDEST)).data
    return data.decode("utf-8", "replace").rstrip("\n").translate(PICTURES)


def _moment(one: Moment) -> dict[str, Any]:
    return {
        "kind": "moment",
        "offset": one.offset,
        "ms": one.ms,
        "of": one.kind.value,
        "label": one.label,
        "who": one.who,
        "session": one.session,
    }
