"""What a line printed while somebody was attached. In: a session, and from where. Out: rows of text, bounded, and where to go on."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from accounts.principals import Principal
from consoles.diagnostics.rows import forward
from consoles.kept.happenings import ms_of
from consoles.kept.log import log_of
from consoles.models import ConsoleSession
from consoles.reviewing.session_queries import AROUND
from portal.fleet.models import SerialPort

SECOND = 1000


@dataclass(frozen=True)
class Output:
    """`next` is None where it ended, or where the log of one that lives ends now."""

    rows: list[dict[str, Any]]
    next: int | None
    gone: bool


def seen_by(session: ConsoleSession, log_end: int) -> tuple[int, int]:
    """From where to where in the log it lasted: one that lives is where the log ends now, one that never came to the line saw nothing.

    What it was shown of the time before it came is not in it.
    """
    began = log_end if session.began_offset is None else session.began_offset
    if session.ended_at is None or session.reached_offset is None:
        return began, log_end
    return began, session.reached_offset


def port_of(session: ConsoleSession) -> SerialPort:
    """As it was then: its number may have another line by now."""
    return SerialPort(vm=session.vm, number=session.port_number, line_id=session.line_id)


def stretch_of(session: ConsoleSession, who: Principal, *, start: int | None, ms: int | None) -> Output:
    """From an offset, from a time on, or from where the session began; `gone` where the log has nothing of it any more."""
    log = log_of(session.line_id, who)
    began, ends = seen_by(session, log.end)
    at = log.since(ms) if ms is not None else start
    at = began if at is None else min(max(at, began), ends)
    if max(at, log.start) >= min(ends, log.end):
        return Output([], None, gone=began < ends and (log.start >= ends or log.end <= began))
    found = forward(log, port_of(session), at)
    rows = [_told(row) for row in found.rows if row["offset"] < ends and _is_of(session, row, at)]
    return Output(rows, found.end if found.end < ends else None, gone=False)


def _is_of(session: ConsoleSession, row: dict[str, Any], at: int) -> bool:
    """A prompt that waited long before, and who came and went while it did, are of another time."""
    if row["kind"] == "erased":
        return True
    if row["kind"] != "moment":
        return bool(row["end"] > at)
    until = session.ended_at or timezone.now()
    return ms_of(session.started_at - AROUND) <= row["ms"] <= ms_of(until + AROUND)


def _told(row: dict[str, Any]) -> dict[str, Any]:
    ms = row.get("ms")
    return {**row, "at": datetime.fromtimestamp(ms / SECOND, UTC) if ms else None}
