"""Everybody attached to one line, and who of them writes. In: viewers that come, act and go. Out: notices, presence, and the keyboard's way.

Whatever changes who writes ends in `_changed`, so that everybody sees the same.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from consoles.hub.keyboard import HOLD, Keyboard, Typist
from consoles.hub.viewer import Viewer
from consoles.wire import Op, frame, packed


class Audience:
    """`vacated`: nobody has the keyboard now. `lost`: whoever had it is not whoever has it, and what they typed is not wanted."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, vacated: Callable[[], None], lost: Callable[[], None]
    ) -> None:
        self._loop, self._vacated, self._lost = loop, vacated, lost
        self.viewers: dict[str, Viewer] = {}
        self.keyboard = Keyboard()
        self._owner: Typist | None = None
        self._asking: set[str] = set()

    def add(self, viewer: Viewer, *, wants_to_write: bool) -> None:
        before = next((one for one in self.viewers.values() if _same_page(one, viewer)), None)
        held = self.keyboard.held
        known = before or (held.viewer if held is not None and held.fits(viewer) else None)
        if isinstance(known, Viewer):
            viewer.accepted_before = known.accepted
        if before is not None:
            self.keyboard.replace(before, viewer)
            del self.viewers[before.id]
            before.say(Op.REFUSED, {"code": "replaced"})
            before.close()
        self.viewers[viewer.id] = viewer
        if wants_to_write:
            self.keyboard.sit(viewer)
        elif self.keyboard.release(viewer):
            self._vacated()
        self._mark()

    def announce(self) -> None:
        self.tell_all(Op.PRESENCE, self.presence())

    def remove(self, viewer: Viewer, *, on_purpose: bool) -> None:
        if self.viewers.get(viewer.id) is not viewer:
            return
        del self.viewers[viewer.id]
        self._withdraw(viewer)
        if self.keyboard.leave(viewer, on_purpose=on_purpose, now=self._loop.time()):
            self._vacated()
        elif self.keyboard.held is not None and self.keyboard.held.viewer is viewer:
            self._loop.call_later(HOLD + 0.01, self._expire)
        self._changed()

    def _expire(self) -> None:
        if self.keyboard.expire(self._loop.time()):
            self._vacated()
            self._changed()

    def take(self, viewer: Viewer, seen: str | None) -> None:
        owner = self.keyboard.owner()
        if owner is viewer:
            return
        if not self.keyboard.take(viewer, seen):
            self._notice(viewer, "changed", owner)
            viewer.say(Op.PRESENCE, self.presence())
            return
        if isinstance(owner, Viewer):
            self._notice(owner, "taken", viewer)
        self._changed()

    def release(self, viewer: Viewer) -> None:
        if self.keyboard.release(viewer):
            for other in self.viewers.values():
                if other is not viewer:
                    self._notice(other, "released", viewer)
            self._changed()
        else:
            self._withdraw(viewer)

    def hand(self, viewer: Viewer, to: str) -> None:
        heir = self.viewers.get(to)
        if heir is None or not self.keyboard.hand(viewer, heir):
            self._notice(viewer, "changed", self.keyboard.owner())
            return
        self._notice(heir, "handed", viewer)
        self._changed()

    def ask(self, viewer: Viewer) -> None:
        """Whoever asks while nobody writes, has it."""
        owner = self.keyboard.owner()
        if not viewer.may_write or owner is viewer:
            return
        if owner is None:
            self.take(viewer, None)
        elif isinstance(owner, Viewer):
            self._asking.add(viewer.id)
            self._notice(owner, "asked", viewer)

    def _withdraw(self, viewer: Viewer) -> None:
        """Whoever asked does not want it any more, or has left."""
        if viewer.id not in self._asking:
            return
        self._asking.remove(viewer.id)
        owner = self.keyboard.owner()
        if isinstance(owner, Viewer):
            self._notice(owner, "withdrawn", viewer)

    def may_type(self, viewer: Viewer, refused: str = "read_only") -> bool:
        if self.keyboard.writer is viewer:
            return True
        self._notice(viewer, refused, self.keyboard.owner())
        return False

    def appended(self, offset: int, data: bytes) -> None:
        for viewer in self.viewers.values():
            viewer.appended(offset, data)

    def tell_all(self, op: Op, value: Any) -> None:
        told = frame(op, packed(value))
        for viewer in self.viewers.values():
            viewer.wire.write(told)

    def presence(self) -> dict[str, Any]:
        owner, held = self.keyboard.owner(), self.keyboard.held
        people = [_person(one, one is owner) for one in self.viewers.values()]
        if held is not None and isinstance(held.viewer, Viewer):
            people.append({**_person(held.viewer, True), "held": True})
        return {"people": people, "writer": owner.id if owner else None}

    def close(self, code: str) -> None:
        for viewer in list(self.viewers.values()):
            viewer.say(Op.REFUSED, {"code": code})
            viewer.close()
        self.viewers.clear()

    def _changed(self) -> None:
        self._mark()
        self.announce()

    def _mark(self) -> None:
        before, self._owner = self._owner, self.keyboard.owner()
        if before is not self._owner:
            self._asking.clear()
        if before is not None and not _goes_on(before, self._owner):
            self._lost()
        for viewer in self.viewers.values():
            writes = viewer is self.keyboard.writer
            if writes and not viewer.writes:
                viewer.writes_since_ms = int(time.time() * 1000)
            viewer.writes = writes

    def _notice(self, to: Viewer, kind: str, by: Typist | None) -> None:
        who = by.told() if isinstance(by, Viewer) else None
        to.say(Op.NOTICE, {"kind": kind, "by": who, "at_ms": int(time.time() * 1000)})


def _same_page(one: Typist, other: Typist) -> bool:
    return bool(one.page) and (one.person, one.page) == (other.person, other.page)


def _goes_on(before: Typist, now: Typist | None) -> bool:
    return now is before or (now is not None and _same_page(before, now))


def _person(viewer: Viewer, writes: bool) -> dict[str, Any]:
    return {
        **viewer.told(),
        "person": viewer.person,
        "mode": "write" if writes else "watch",
        "may_write": viewer.may_write,
        "since_ms": viewer.since_ms,
        "writes_since_ms": viewer.writes_since_ms if writes else None,
        "via": viewer.via,
        "held": False,
    }
