"""What a process of one host shall look after, read again whenever it may have changed. In: hints and a timer. Out: calls of `want`.

While the database is away what was wanted stays wanted; while Redis is away the timer goes on alone.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import DatabaseError, InterfaceError, close_old_connections
from redis.exceptions import RedisError

from accounts import events

log = structlog.get_logger(__name__)

EVERY = 5.0
PAUSE = 0.1  # after a look; a thousand hints at once are not a thousand looks

T = TypeVar("T")


class Following(Generic[T]):
    def __init__(
        self, host: str, read: Callable[[str], list[T]], want: Callable[[list[T]], Awaitable[None]]
    ) -> None:
        self.host, self.read, self.want = host, read, want
        self._hint = asyncio.Event()
        self._known: list[T] | None = None
        self._away = False

    async def run(self) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._listen())
            both.create_task(self._follow())

    async def _follow(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(PAUSE)
            try:
                await asyncio.wait_for(self._hint.wait(), EVERY)
            except TimeoutError:
                continue

    async def look(self) -> None:
        self._hint.clear()
        try:
            found = await sync_to_async(self._read)()
        except (DatabaseError, InterfaceError) as error:
            self._say(str(error).partition("\n")[0])
            return
        self._say("")
        if found != self._known:
            await self.want(found)
            self._known = found

    def _read(self) -> list[T]:
        try:
            return self.read(self.host)
        finally:
            close_old_connections()

    async def _listen(self) -> None:
        layer = get_channel_layer()
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(events.HUBS, channel)
                while True:
                    hint = await layer.receive(channel)
                    if hint.get("host") == self.host:
                        self._hint.set()
            except (RedisError, OSError):
                await asyncio.sleep(EVERY)

    def _say(self, trouble: str) -> None:
        """Once when it begins, once when it is over."""
        if trouble and not self._away:
            log.warning("database_away", host=self.host, error=trouble)
        if self._away and not trouble:
            log.info("database_back", host=self.host)
        self._away = bool(trouble)
