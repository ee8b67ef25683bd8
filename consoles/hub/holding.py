"""Keeps one line open for as long as it is wanted. In: a line. Out: it is up, or tried again later and later, never all at once."""

import asyncio
import random
import time

import structlog

from consoles.drivers.base import CLOSED, FAILED, Host, Trouble
from consoles.drivers.opening import open_endpoint
from consoles.hub.line import Line

log = structlog.get_logger(__name__)

FIRST, LAST = 0.5, 30.0
STEADY = 10.0


async def hold(line: Line, host: Host, turn: asyncio.Semaphore, retry: asyncio.Event) -> None:
    """Ends only by being cancelled. `retry` cuts a wait short: somebody looks at the page and asked for it."""
    tries = 0
    while True:
        trouble = await _open(line, host, turn)
        if trouble is None:
            since = time.monotonic()
            await line.lost.wait()
            line.closed()
            trouble = line.state.trouble or Trouble(CLOSED, "")
            tries = 0 if time.monotonic() - since > STEADY else tries
        wait = wait_after(tries)
        if tries == 0:
            log.info("line_down", line=line.spec.name, tried=line.state.tried, why=str(trouble))
        tries += 1
        line.tell_state(line.state.down(trouble, wait))
        await _pause(wait, retry)


def wait_after(tries: int) -> float:
    """Doubles up to a cap, and strays, so that lines lost together do not come back together."""
    return min(LAST, FIRST * 2 ** min(tries, 16)) * random.uniform(0.7, 1.0)  # noqa: S311  no secret


async def _open(line: Line, host: Host, turn: asyncio.Semaphore) -> Trouble | None:
    async with turn:
        line.tell_state(line.state.connecting())
        try:
            endpoint = await open_endpoint(line.spec.url, host)
        except Trouble as trouble:
            return trouble
        except OSError as error:
            return Trouble(FAILED, error.strerror or str(error))
    line.opened(endpoint)
    log.info("line_up", line=line.spec.name)
    return None


async def _pause(seconds: float, retry: asyncio.Event) -> None:
    retry.clear()
    try:
        await asyncio.wait_for(retry.wait(), seconds)
    except TimeoutError:
        return
