"""What a line is doing, as its viewers are told. In: events of its endpoint and its spool. Out: one dictionary for the page."""

import time
from typing import Any

from consoles.drivers.base import Trouble


class State:
    """`tried` is the endpoint without its password; `trouble` why it was lost or not reached."""

    def __init__(self, tried: str) -> None:
        self.tried = tried
        self.state = "connecting"
        self.since_ms = _now_ms()
        self.next_ms: int | None = None
        self.trouble: Trouble | None = None
        self.not_recording = ""

    def connecting(self) -> dict[str, Any]:
        return self._go("connecting")

    def up(self) -> dict[str, Any]:
        self.trouble = None
        return self._go("up")

    def down(self, trouble: Trouble, wait: float) -> dict[str, Any]:
        self.trouble = trouble
        return self._go("down", _now_ms() + int(wait * 1000))

    def recording(self, trouble: str) -> dict[str, Any]:
        self.not_recording = trouble
        return self.told()

    def _go(self, state: str, next_ms: int | None = None) -> dict[str, Any]:
        if state != self.state:
            self.state, self.since_ms = state, _now_ms()
        self.next_ms = next_ms
        return self.told()

    def told(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "since_ms": self.since_ms,
            "code": self.trouble.code if self.trouble else "",
            "reason": self.trouble.reason if self.trouble else "",
            "tried": self.tried,
            "next_ms": self.next_ms,
            "recording": not self.not_recording,
            "trouble": self.not_recording,
        }


def _now_ms() -> int:
    return int(time.time() * 1000)
