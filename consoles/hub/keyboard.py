"""Who may type on a line: one viewer at a time. In: who comes, takes, hands over, leaves. Out: who writes, and who lost it.

Pure: no clock, no socket. A writer that was cut off keeps its seat for a moment, for the same page of the same person only.
"""

from dataclasses import dataclass
from typing import Protocol

HOLD = 10.0


class Typist(Protocol):
    id: str
    person: str
    page: str
    may_write: bool


@dataclass(frozen=True)
class Held:
    viewer: Typist
    until: float

    def fits(self, typist: Typist) -> bool:
        return (typist.person, typist.page) == (self.viewer.person, self.viewer.page)


class Keyboard:
    def __init__(self) -> None:
        self.writer: Typist | None = None
        self.held: Held | None = None

    def owner(self) -> Typist | None:
        """Whom others see as the writer: also one that was cut off a moment ago."""
        return self.writer or (self.held.viewer if self.held else None)

    def sit(self, typist: Typist) -> bool:
        """Somebody arrives who would like to type: theirs if it is free, or held for them."""
        if not typist.may_write or self.writer is not None:
            return False
        if self.held is not None and not self.held.fits(typist):
            return False
        self.writer, self.held = typist, None
        return True

    def take(self, typist: Typist, seen: str | None) -> bool:
        """Succeeds only against the writer that was seen, so that nobody is cut off unnamed."""
        owner = self.owner()
        if not typist.may_write or (owner.id if owner else None) != seen:
            return False
        self.writer, self.held = typist, None
        return True

    def release(self, typist: Typist) -> bool:
        if self.writer is not typist:
            return False
        self.writer = None
        return True

    def hand(self, typist: Typist, to: Typist) -> bool:
        if self.writer is not typist or not to.may_write:
            return False
        self.writer = to
        return True

    def leave(self, typist: Typist, *, on_purpose: bool, now: float) -> bool:
        """True when the seat is free now; a seat that is held is freed by `expire`."""
        if self.writer is not typist:
            return False
        self.writer = None
        if on_purpose:
            return True
        self.held = Held(typist, now + HOLD)
        return False

    def replace(self, old: Typist, new: Typist) -> None:
        """The same page is back before its old connection was noticed to be gone."""
        if self.writer is old:
            self.writer = new if new.may_write else None

    def expire(self, now: float) -> bool:
        """True when a held seat became free."""
        if self.held is None or now < self.held.until:
            return False
        self.held = None
        return True
