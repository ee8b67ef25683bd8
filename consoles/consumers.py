"""A console's socket, from the handshake to the end. In: an ASGI connection. Out: an admitted relay, or a refused handshake.

No consumer class of Channels: its task per message is what a keystroke can do without.
"""

import asyncio
import contextlib
import time
from functools import partial
from typing import Any

import structlog
from django.utils import timezone

from consoles.admission.admitting import admit
from consoles.admission.answers import Admitted, Refusal
from consoles.admission.handshake import Malformed, asked_by
from consoles.relay.ending import Ended
from consoles.relay.insisting import insisted, to_its_end
from consoles.relay.relay import Receive, Relay, Send
from consoles.services import end_session
from consoles.threads import at_the_door
from consoles.wire import Close

log = structlog.get_logger(__name__)


async def console(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Until the socket is accepted, a refusal is an HTTP 403: the page asks its state's address for the sentence."""
    await receive()
    found = await _admitted(scope)
    if isinstance(found, Refusal):
        log.info("console_refused", path=scope["path"], why=found.reason)
        await send({"type": "websocket.close", "code": int(found.code), "reason": found.reason})
        return
    await _serve(found, receive, send)


async def nowhere(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """For paths at which no socket is."""
    await receive()
    await send({"type": "websocket.close", "code": int(Close.NOT_FOUND)})


async def _admitted(scope: dict[str, Any]) -> Admitted | Refusal:
    try:
        asked = asked_by(scope)
    except Malformed:
        return Refusal(Close.BAD_FRAME, "malformed")
    admission = asyncio.create_task(at_the_door(admit, asked))
    try:
        return await asyncio.shield(admission)
    except asyncio.CancelledError:
        await to_its_end(_dropped(admission))
        raise


async def _dropped(admission: "asyncio.Task[Admitted | Refusal]") -> None:
    """Or the session that it opens would never end."""
    found = await admission
    if isinstance(found, Admitted):
        ending = partial(end_session, by=found.principal, session=found.session, at=timezone.now())
        await insisted(partial(ending, code="dropped"), since=time.monotonic())


async def _serve(admitted: Admitted, receive: Receive, send: Send) -> None:
    relay = Relay(admitted, receive, send)
    ended = Ended(None, "failed")
    try:
        await send({"type": "websocket.accept"})
        ended = await relay.run()
    except asyncio.CancelledError:
        ended = Ended(Close.RESTARTING)
        raise
    finally:
        await to_its_end(_end(relay, ended, send))


async def _end(relay: Relay, ended: Ended, send: Send) -> None:
    await relay.close(for_good=ended.for_good)
    at, admitted = timezone.now(), relay.admitted
    if ended.close is not None:
        with contextlib.suppress(OSError):
            await send({"type": "websocket.close", "code": int(ended.close), "reason": ended.reason})
    for failed in await relay.noting.settled():
        log.error("act_not_recorded", session=str(admitted.session.id), error=str(failed))
    ending = partial(
        end_session,
        by=admitted.principal,
        session=admitted.session,
        code=ended.word,
        counts=relay.counts,
        at=at,
    )
    await insisted(ending, since=time.monotonic())
