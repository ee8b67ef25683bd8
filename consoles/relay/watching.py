"""Beside the bytes: whether somebody may still be here. In: hints, the clock, the database. Out: Ended, warnings, signs of life.

Hints come over the channel layer, which may lose them; every twenty seconds it is looked up without one.
"""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from typing import Any, Protocol

import structlog
from channels.layers import get_channel_layer
from django.db import DatabaseError, InterfaceError
from redis.exceptions import RedisError

from accounts import events
from consoles.admission.answers import Admitted, Refusal
from consoles.admission.staying import still_admitted
from consoles.relay.clock import Clock, Due, Warn
from consoles.relay.ending import Ended
from consoles.relay.reaching import next_wait
from consoles.services import Counts, see_session
from consoles.sessions import ended_by
from consoles.threads import in_thread
from consoles.wire import Close, Op, packed

log = structlog.get_logger(__name__)

SOON = 0.1  # hints come in handfuls
BLIND = 60.0
ENDS = {Due.IDLE: Close.IDLE, Due.LONGEST: Close.LONGEST}


class Watched(Protocol):
    """The relay: what it passes on is counted, and what a clock is due for is said through it."""

    admitted: Admitted
    clock: Clock

    @property
    def mode(self) -> str: ...
    @property
    def counts(self) -> Counts: ...
    async def say(self, op: int, payload: bytes) -> None: ...


class Watching:
    def __init__(self, relay: Watched) -> None:
        self.relay, self.admitted, self.clock = relay, relay.admitted, relay.clock
        self._news = asyncio.Event()
        self._doubtful = self._to_see = False
        self._known_at = time.monotonic()

    def doubt(self) -> None:
        """Something that was asked at the handshake may be answered otherwise now."""
        self._doubtful = True
        self._news.set()

    def see(self) -> None:
        """Keeps how far it is, and learns whether it was ended elsewhere."""
        self._to_see = True
        self._news.set()

    def look_at_the_clock(self) -> None:
        """It counts something new."""
        self._news.set()

    async def run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.clock.wait(time.monotonic())):
                    await self._news.wait()
                    await asyncio.sleep(SOON)
            self._news.clear()
            if self._to_see:
                await self._see()
            if self._doubtful:
                await self._check()
            for due in self.clock.due(time.monotonic()):
                await self._do(due)

    async def _do(self, due: Due | Warn) -> None:
        if isinstance(due, Warn):
            await self.relay.say(Op.WARNING, packed({"kind": due.kind, "seconds": due.seconds}))
        elif due is Due.CHECK:
            await self._check()
        elif due is Due.SEE:
            await self._see()
        else:
            raise Ended(ENDS[due])

    async def _check(self) -> None:
        self._doubtful = False
        try:
            found = await in_thread(still_admitted, self.admitted)
        except (DatabaseError, InterfaceError) as error:
            self._blind(error)
            return
        finally:
            self.clock.checked(time.monotonic())
        self._known_at = time.monotonic()
        if isinstance(found, Refusal):
            raise Ended(found.code, reason=found.reason)
        self.clock.idle, self.clock.longest = found.idle, found.longest
        self.clock.checked(self._known_at, found.left)

    def _blind(self, error: Exception) -> None:
        """A database that is away for a moment cuts nobody off; whose rights nobody can tell for long, is."""
        log.warning("rights_not_known", session=str(self.admitted.session.id), error=str(error))
        if time.monotonic() - self._known_at > BLIND:
            raise Ended(Close.RESTARTING)

    async def _see(self) -> None:
        relay = self.relay
        self._to_see = False
        try:
            open_still = await in_thread(
                see_session, session=self.admitted.session, mode=relay.mode, counts=relay.counts
            )
        except (DatabaseError, InterfaceError) as error:
            self._blind(error)
            return
        if not open_still:
            await self._say_who_ended()
            raise Ended(Close.ENDED)

    async def _say_who_ended(self) -> None:
        with contextlib.suppress(DatabaseError, InterfaceError):
            if name := await in_thread(ended_by, self.admitted.session):
                await self.relay.say(Op.NOTICE, packed({"kind": "ended", "by": {"name": name}}))

    async def listen(self) -> None:
        wait = 0.0
        while True:
            try:
                await self._hear()
            except (RedisError, OSError) as error:
                wait = next_wait(wait)
                log.warning("no_hints", session=str(self.admitted.session.id), error=str(error))
                await asyncio.sleep(wait)

    async def _hear(self) -> None:
        layer = get_channel_layer()
        group = events.group_of(self.admitted.principal.tenant_id)
        channel = await layer.new_channel()
        await layer.group_add(group, channel)
        self.doubt()  # what changed before is not heard of
        try:
            while True:
                self._heard(await layer.receive(channel))
        finally:
            with contextlib.suppress(RedisError, OSError):
                await layer.group_discard(group, channel)

    def _heard(self, event: Mapping[str, Any]) -> None:
        if event["type"] != events.SESSION_ENDED:
            if concerns(event, self.admitted):
                self.doubt()
        elif event.get("session") == str(self.admitted.session.id):
            self.see()


def concerns(event: Mapping[str, Any], admitted: Admitted) -> bool:
    """What is surely about others is passed by. What names nobody may be about a group of ours, or all: that is looked up."""
    if event["type"] in (events.SWITCH_CHANGED, events.MACHINE_CHANGED):
        session = admitted.session
        ours = {
            "subscription": str(session.subscription_id),
            "vm": admitted.vm_key,
            "storage": admitted.storage_key,
        }
        return all(event.get(kind, own) == own for kind, own in ours.items())
    return event.get("principal") in (None, str(admitted.principal.id))
