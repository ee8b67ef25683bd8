"""How a viewer begins. In: what its consumer asks for. Out: where in the log it starts, and what it is told first."""

from typing import Any

from consoles.hub.line import Line
from consoles.hub.viewer import Viewer
from consoles.wire import KIB, OFFSETS, Op, frame

TAIL = 1024 * KIB
LINE_START = 4 * KIB


def where(line: Line, asked: dict[str, Any]) -> int:
    """Where it left off; else so much of the log's end, from the start of a line on."""
    if isinstance(asked.get("from"), int):
        return max(0, min(asked["from"], line.recording.end))
    start = line.recording.end - min(max(int(asked.get("tail", TAIL)), 0), TAIL)
    if start <= line.recording.spool.start:
        return line.recording.spool.start
    offset, data = line.recording.piece(start, LINE_START)
    return offset + data[:LINE_START].find(b"\n") + 1


def near(line: Line, asked: int) -> int:
    """The whole log is for whoever may read logs; who attaches gets what they were there for, or the end of it."""
    return max(asked, line.recording.end - TAIL)


def passed_over(viewer: Viewer, asked: int) -> None:
    """Said after ATTACHED, whose `from` is where output starts: what was asked for and not sent is not theirs."""
    if asked < viewer.cursor:
        viewer.wire.write(frame(Op.SKIP, OFFSETS.pack(asked, viewer.cursor)))


def welcome(line: Line, viewer: Viewer) -> dict[str, Any]:
    now_ms = viewer.since_ms
    return {
        "viewer": viewer.id,
        "mode": "write" if viewer.writes else "watch",
        "may_write": viewer.may_write,
        "accepted": viewer.accepted_before,
        "can": line.can.told(),
        "from": viewer.cursor,
        "live": line.recording.end,
        "live_ms": line.recording.spool.last_ms,
        "now_ms": now_ms,
        "line": line.state.told(),
        **line.audience.presence(),
    }
