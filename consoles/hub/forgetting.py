"""What a line printed is deleted from the hub's disk. In: a line, also one that is not held, and an offset. Out: where its log begins now, or why not.

Only the hub writes there, so it alone deletes: the segment that is being written is cut where the offset is.
"""

from pathlib import Path
from typing import Any
from uuid import UUID

from consoles.hub.line import Line
from consoles.record.spool import Spool
from consoles.wire import Op

ANY = 1 << 62


def forget(line: Line | None, spool: Path, asked: dict[str, Any]) -> tuple[Op, dict[str, Any]]:
    """Raises ValueError, KeyError or TypeError for what cannot be asked."""
    folder, before = spool / str(UUID(asked["line"])), int(asked["before"])
    try:
        if line is not None:
            line.recording.forget(before)
            return Op.REPORT, {"start": line.recording.spool.start}
        return Op.REPORT, {"start": _forget_unheld(folder, before)}
    except OSError as error:
        return Op.REFUSED, {"code": "disk", "reason": error.strerror or str(error)}


def _forget_unheld(folder: Path, before: int) -> int:
    log = Spool(folder, ANY)
    log.forget(before)
    log.close()
    return log.start
