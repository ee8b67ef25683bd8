"""A console's socket, from the handshake to the end. In: an ASGI connection. Out: an admitted relay, or a refused handshake.

No consumer class of Channels: its task per message is what a keystroke can do without.
"""

import asyncio
import contextlib
from typing import Any

import structlog

from consoles.admission.admitting import admit
from consoles.admission.answers import Admitted, Refusal
from consoles.admission.handshake import Malformed, asked_by
from consoles.relay.ending import Ended
from consoles.relay.relay import Receive, Relay, Send
from consoles.services import end_session
from consoles.threads import at_the_door, in_thread
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
        found = await admission  # or the session that it opens would never end
        if isinstance(found, Admitted):
            await in_thread(end_session, by=found.principal, session=found.session, code="dropped")
        raise


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
        await _end(relay, ended, send)


async def _end(relay: Relay, ended: Ended, send: Send) -> None:
    await relay.close(for_good=ended.for_good)
    if ended.close is not None:
        with contextlib.suppress(OSError):
            await send({"type": "websocket.close", "code": int(ended.close), "reason": ended.reason})
    admitted = relay.admitted
    for failed in await relay.noting.settled():
        log.error("act_not_recorded", session=str(admitted.session.id), error=str(failed))
    await in_thread(
        end_session,
        by=admitted.principal,
        session=admitted.session,
        code=ended.word,
        counts=relay.counts,
    )
