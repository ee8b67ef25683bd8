"""Whether this session has the keyboard, and from whom. In: what it asks, what the hub says of presence. Out: what the audit shall know.

Read from the hub's own words, since a request to take over may come too late.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from consoles.services import UNANSWERED
from consoles.wire import Op, unpacked

WRITER = b'"writer":'
GIVES = (Op.RELEASE, Op.HAND)
MOVES = frozenset({Op.TAKE, Op.ASK, *GIVES})  # what may change who writes


@dataclass(frozen=True)
class Came:
    """`how`: "taken" from the writer, "handed" by them, the seat was "free", or "unanswered" where the hub was lost before it said."""

    how: str
    lost_by: dict[str, str] | None


class Seat:
    def __init__(self, viewer: str) -> None:
        self.viewer = viewer
        self.writes = False
        self._writer: dict[str, str] | None = None
        self._handed = False
        self._told = b""
        self._open: Counter[int] = Counter()
        self._giving = False

    @property
    def types(self) -> bool:
        """Nothing of it goes on before the hub has said that it writes: what nobody reads the answer to would be on no record."""
        return self.writes and not self._giving

    @property
    def waits(self) -> bool:
        """For the hub to have done what was asked."""
        return bool(self._open)

    def asked(self, op: int) -> None:
        self._open[op] += 1
        self._giving = self._giving or op in GIVES

    def answered(self, op: int) -> None:
        self._open[op] -= 1
        self._open += Counter()  # drops what is at nought
        self._giving = any(one in self._open for one in GIVES)

    def lost_hub(self) -> Came | None:
        """It may have come to the keyboard, and nobody is left to say so."""
        before = None if self.writes else self._writer
        may_have = Op.TAKE in self._open or (Op.ASK in self._open and before is None)
        lost = may_have and not self.types
        self._open.clear()
        self._giving = False
        return Came(UNANSWERED, before) if lost else None

    def attached(self, told: dict[str, Any]) -> None:
        """What an attach brings was asked for with it, and is recorded with it."""
        self.writes = told["mode"] == "write"
        self._writer = _writer(told)

    def noticed(self, kind: str) -> None:
        self._handed = kind == "handed"

    def present(self, payload: bytes) -> Came | None:
        """Presence is told to each of many viewers at each of many changes: it is read when the writer is another."""
        told = payload.rpartition(WRITER)[2]
        if told == self._told:
            return None
        self._told = told
        before, self._writer = self._writer, _writer(unpacked(payload))
        wrote, self.writes = self.writes, self._writer is not None and self._writer["viewer"] == self.viewer
        if not self.writes or wrote:
            return None
        handed, self._handed = self._handed, False
        return Came("free" if before is None else "handed" if handed else "taken", before)


def _writer(told: dict[str, Any]) -> dict[str, str] | None:
    return next((one for one in told["people"] if one["viewer"] == told["writer"]), None)
