"""One machine, followed. In: its driver's events, for as long as it has any; else its state, asked for now and then. Out: notes."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import cast

import structlog

from portal.fleet.following.notes import Notes
from portal.fleet.following.rows import Row
from portal.fleet.following.states import look_at
from portal.machines.base import CANNOT, DIED, GONE, SILENT, Event, Failed, Machine, State
from portal.machines.opening import open_machine

log = structlog.get_logger(__name__)

FIRST, LONGEST = 1.0, 30.0  # seconds between tries of a machine that nobody answers for
POLL = 10.0  # of one whose driver has no events
GREETING = 15.0  # within which a machine tells its state, or is taken for gone

Events = AsyncGenerator[Event]


class Followed:
    """`doors` bounds how many are opened at a time; `look_again` wakes it where it waits for a machine that was gone."""

    def __init__(self, row: Row, doors: asyncio.Semaphore) -> None:
        self.row, self.notes = row, Notes()
        self.machine: Machine | None = None
        self._doors = doors
        self._wake = asyncio.Event()
        self._pause = FIRST
        self._away = False

    def look_again(self) -> None:
        self._pause = FIRST
        self._wake.set()

    async def run(self) -> None:
        while True:
            try:
                self.machine = open_machine(self.row.url)
                await self._listen(self.machine)
            except Failed as failed:
                await self._missed(failed)

    async def _listen(self, machine: Machine) -> None:
        # drivers write them as generators, which must be closed where they were opened
        async with aclosing(cast("Events", machine.events())) as events:
            self.notes.hear(await self._first(events))
            self.notes.news.set()  # what it can do may be known only now
            self._pause = FIRST
            self._say("")
            async for event in events:
                self.notes.hear(event)
        raise Failed(GONE)

    async def _first(self, events: Events) -> Event:
        try:
            async with self._doors, asyncio.timeout(GREETING):
                return await anext(events)
        except TimeoutError as error:
            raise Failed(SILENT) from error
        except StopAsyncIteration as error:
            raise Failed(GONE) from error

    async def _missed(self, failed: Failed) -> None:
        self._wake.clear()
        await self.look()
        if self.notes.state is State.UNKNOWN and failed.code != CANNOT:
            self._say(str(failed))
        elif failed.code == DIED:
            log.warning("machine_died", vm=self.row.name, error=str(failed))
        pause = POLL if failed.code == CANNOT else self._longer()
        try:
            await asyncio.wait_for(self._wake.wait(), pause)
        except TimeoutError:
            return

    async def look(self) -> None:
        """Asks for the state instead of waiting to be told."""
        async with self._doors:
            state = await look_at(self.machine) if self.machine else State.UNKNOWN
        self.notes.saw(state)

    def _longer(self) -> float:
        pause = self._pause
        self._pause = min(pause * 2, LONGEST)
        return pause * random.uniform(0.8, 1.2)  # noqa: S311  # a thousand shall not try at the same moment

    def _say(self, trouble: str) -> None:
        """Once when it begins, once when it is over."""
        if trouble and not self._away:
            log.warning("machine_away", vm=self.row.name, error=trouble)
        if self._away and not trouble:
            log.info("machine_back", vm=self.row.name)
        self._away = bool(trouble)
