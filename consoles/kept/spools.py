"""What the hub's disk still has of a line's log. In: the line, the host of its machine. Out: its bytes, read from this host's disk or through the hub.

A hub that cannot be reached has nothing to give now; `away` says so, and what is in the archive can be read meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from asgiref.sync import async_to_sync
from django.conf import settings

from consoles.hub.client import HubGone, ask_log, read_log
from consoles.hub_addresses import address_of
from consoles.hub_settings import listening
from consoles.record.spooled import PIECE, Spooled


class Spool(Protocol):
    @property
    def start(self) -> int | None: ...

    @property
    def end(self) -> int: ...

    def read(self, offset: int, length: int) -> tuple[int, bytes] | None: ...

    def times(self, start: int, end: int) -> list[tuple[int, int]]: ...

    def before(self, offset: int) -> int | None: ...

    def after(self, ms: int) -> int | None: ...


def spool_of(line_id: UUID, host: str) -> Spool:
    if host == settings.HUB_HOST:
        return Spooled(Path(settings.SPOOL) / str(line_id))
    return Elsewhere(line_id, host)


class Elsewhere:
    """The hub of another host, asked anew for each piece."""

    def __init__(self, line_id: UUID, host: str) -> None:
        self._line, self._address = str(line_id), async_to_sync(address_of)(host)
        self.away = not self._address
        ends = self._told(want="ends")
        self.start, self.end = ends.get("start"), ends.get("end", 0)

    def read(self, offset: int, length: int) -> tuple[int, bytes] | None:
        if self.away or offset >= self.end:
            return None
        wanted = {"line": self._line, "offset": offset, "length": min(length, PIECE)}
        with self._or_away():
            found = async_to_sync(read_log)(self._address, wanted, listening())
            return found if found[1] else None
        return None

    def times(self, start: int, end: int) -> list[tuple[int, int]]:
        return [
            (offset, ms) for offset, ms in self._told(want="times", start=start, end=end).get("times", [])
        ]

    def before(self, offset: int) -> int | None:
        return self._told(want="before", offset=offset).get("before")

    def after(self, ms: int) -> int | None:
        return self._told(want="after", ms=max(ms, 0)).get("after")

    def _told(self, **wanted: object) -> dict[str, Any]:
        if not self.away:
            with self._or_away():
                return async_to_sync(ask_log)(self._address, {"line": self._line, **wanted}, listening())
        return {}

    @contextmanager
    def _or_away(self) -> Iterator[None]:
        try:
            yield
        except HubGone:
            self.away = True
