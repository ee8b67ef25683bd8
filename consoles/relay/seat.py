"""Whether this session came to the keyboard, and from whom. In: what the hub says of presence. Out: what the audit shall know.

Read from the hub's own words, since a request to take over may come too late.
"""

from dataclasses import dataclass
from typing import Any

from consoles.wire import unpacked

WRITER = b'"writer":'


@dataclass(frozen=True)
class Came:
    """`how`: "taken" from the writer, "handed" by them, or the seat was "free"."""

    how: str
    lost_by: dict[str, str] | None


class Seat:
    def __init__(self, viewer: str) -> None:
        self.viewer = viewer
        self.writes = False
        self._writer: dict[str, str] | None = None
        self._handed = False
        self._told = b""

    def attached(self, told: dict[str, Any]) -> None:
        """What an attach brings was asked for with it, and is recorded with it."""
        self.writes = told["mode"] == "write"
        self._writer = _writer(told)

    def noticed(self, payload: bytes) -> None:
        self._handed = unpacked(payload)["kind"] == "handed"

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
