"""What the hub did by itself, and what it saw, for the records. In: news of the hub's lines. Out: entries, written beside its loop, one by one.

While the database is away the news wait, as many as there is room for; what cannot be written for another reason holds up nothing.
"""

import asyncio
from asyncio import sleep
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError

from accounts import principals
from consoles.archive.queue import SOON, enqueue
from consoles.hub.spec import LineSpec
from consoles.services import note_log_out
from consoles.threads import in_thread
from portal.fleet.models import OperationKind, SerialPort
from portal.fleet.models.vms import LogOutOnDetach
from portal.fleet.operations.possible import Impossible
from portal.fleet.services import operations
from portal.fleet.services.sightings import record_sighting

log = structlog.get_logger(__name__)

MOST = 1000
FIRST, LAST = 1.0, 30.0
SECOND = 1000


class Telling:
    def __init__(self) -> None:
        self._news: deque[tuple[str, LineSpec, dict[str, Any]]] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._hinting: asyncio.Task[None] | None = None
        self._sealed = False

    def __call__(self, what: str, spec: LineSpec, about: dict[str, Any]) -> None:
        if what == "sealed":
            self._hint()
            return
        if len(self._news) >= MOST:
            log.error("not_recorded", what=what, line=spec.name, error="too much waits to be recorded")
            return
        self._news.append((what, spec, about))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    def _hint(self) -> None:
        """To the archive, which looks by the clock as well: not worth a place among what must be written."""
        self._sealed = True
        if self._hinting is None or self._hinting.done():
            self._hinting = asyncio.create_task(self._hint_while_sealing())

    async def _hint_while_sealing(self) -> None:
        """The first at once; those of the next seconds are one more, once they have passed."""
        while self._sealed:
            self._sealed = False
            await in_thread(enqueue, settings.HUB_HOST)
            await sleep(SOON)

    async def settled(self) -> None:
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        wait = FIRST
        while self._news:
            what, spec, about = self._news[0]
            try:
                await self._record(what, spec, about)
            except (OperationalError, InterfaceError) as error:
                log.warning(
                    "not_recorded_yet", what=what, line=spec.name, error=str(error).partition("\n")[0]
                )
                await sleep(wait)
                wait = min(LAST, 2 * wait)
                continue
            wait = FIRST
            self._news.popleft()

    async def _record(self, what: str, spec: LineSpec, about: dict[str, Any]) -> None:
        """Raises only what passes by itself."""
        try:
            await in_thread(RECORDS[what], spec, **about)
        except ObjectDoesNotExist as gone:
            log.info("not_recorded", what=what, line=spec.name, error=str(gone))
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # whatever it is, it would be the same the next time
            log.exception("not_recorded", what=what, line=spec.name)


def record_log_out(spec: LineSpec) -> None:
    port = _port(spec)
    if port is None:
        return
    if spec.log_out == LogOutOnDetach.AGENT:
        _hang_up(port)
        return
    note_log_out(by=principals.system("hub"), port=port, how=spec.log_out)


def record_seen(spec: LineSpec, *, kind: str, offset: int, at_ms: int) -> None:
    port = _port(spec)
    if port is not None:
        at = datetime.fromtimestamp(at_ms / SECOND, UTC)
        record_sighting(
            vm=port.vm, port_number=port.number, line_id=port.line_id, kind=kind, offset=offset, at=at
        )


def _hang_up(port: SerialPort) -> None:
    """The guest's agent is asked by a job on the machine's host, and the audit hears of it from there."""
    by, details = principals.system("hub"), {"port": port.number}
    try:
        operations.ask(by=by, vm=port.vm, kind=OperationKind.HANG_UP, details=details)
    except Impossible as impossible:
        log.info("not_logged_out", line=str(port.line_id), why=impossible.code)
    except operations.Busy:
        log.info("not_logged_out", line=str(port.line_id), why="busy")


def _port(spec: LineSpec) -> SerialPort | None:
    """None for one that was removed a moment ago."""
    ports = SerialPort.objects.select_related("vm__subscription", "vm__resource_group", "vm__scale_set")
    return ports.filter(line_id=spec.id).first()


RECORDS: dict[str, Callable[..., None]] = {"logged_out": record_log_out, "seen": record_seen}
