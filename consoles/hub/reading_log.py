"""A line's log for readers of other hosts, also of a line that is not held now. In: what is wanted of it. Out: one frame with the answer."""

from pathlib import Path
from typing import Any
from uuid import UUID

from consoles.record.spooled import Spooled
from consoles.wire import U64, Op, frame, packed


def answer(spool: Path, asked: dict[str, Any]) -> bytes:
    """Raises ValueError, KeyError or TypeError for what cannot be asked."""
    log = Spooled(spool / str(UUID(asked["line"])))
    want = asked["want"]
    if want == "bytes":
        offset, data = log.read(_number(asked["offset"]), _number(asked["length"])) or (log.end, b"")
        return frame(Op.OUTPUT, U64.pack(offset) + data)
    if want == "times":
        return _report(times=log.times(_number(asked["start"]), _number(asked["end"])))
    if want == "after":
        return _report(after=log.after(_number(asked["ms"])))
    if want == "before":
        return _report(before=log.before(_number(asked["offset"])))
    if want == "ends":
        return _report(start=log.start, end=log.end)
    raise ValueError("nothing there is")


def _report(**told: object) -> bytes:
    return frame(Op.REPORT, packed(told))


def _number(value: object) -> int:
    """What fits where offsets are kept."""
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise ValueError("no number")
    return value
