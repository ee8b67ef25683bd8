"""What a session leaves in the records is written though the database is locked or away for a while. In: a write. Out: what it returns; after a minute, what the database said.

A restart of the database is survived. One whose success was not heard of may be written twice.
"""

import asyncio
import contextlib
import time
from asyncio import sleep
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog
from django.db import InterfaceError, OperationalError

from consoles.threads import in_thread

T = TypeVar("T")

log = structlog.get_logger(__name__)

LONGEST = 60.0
FIRST, LAST = 0.5, 10.0


async def insisted(write: Callable[[], T], *, since: float) -> T:
    """`since`, by the monotonic clock, is when it was to be written: those that waited for each other have one minute together."""
    wait = FIRST
    while True:
        try:
            return await in_thread(write)
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() + wait > since + LONGEST:
                raise
            log.warning("not_recorded_yet", error=str(error).partition("\n")[0])
        await sleep(wait)
        wait = min(LAST, 2 * wait)


async def to_its_end(doing: Coroutine[Any, Any, None]) -> None:
    """Whoever is cancelled meanwhile waits all the same: Daphne does that each second to what goes on for ten after its socket was closed."""
    task = asyncio.create_task(doing)
    while not task.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([task])
    task.result()
