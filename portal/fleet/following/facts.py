"""What a guest's agent says of it. In: a machine that runs and has one. Out: facts, asked for each minute, written when they are others.

A guest that has just begun is asked more often; an agent that stays silent less and less, until it begins anew.
"""

import asyncio
import random
from datetime import timedelta

from django.utils import timezone

from portal.fleet.following.database import lasting
from portal.fleet.following.machine import Followed
from portal.fleet.services.guests import record_facts
from portal.machines.base import Can, Facts, Failed, State

SOON, EVERY, SELDOM = 15.0, 60.0, 600.0  # seconds
WITHIN = 10.0
BOOTING = 12  # silent answers that a guest may give as it starts
OLD = timedelta(minutes=10)  # what is said again unchanged is written again then


class FactsOf:
    def __init__(self, followed: Followed, doors: asyncio.Semaphore) -> None:
        self.followed, self._doors = followed, doors
        self._pause, self._silent = SOON, 0
        self._said: Facts | None = None
        self._written_at = timezone.now() - OLD

    async def run(self) -> None:
        turned = self.followed.notes.for_facts
        while True:
            try:
                await asyncio.wait_for(turned.wait(), self._pause * random.uniform(0.8, 1.2))  # noqa: S311
            except TimeoutError:
                await self._ask()
            else:
                turned.clear()
                self._pause, self._silent = SOON, 0

    async def _ask(self) -> None:
        machine, running = self.followed.machine, self.followed.notes.state is State.RUNNING
        if machine is None or not running or Can.AGENT not in machine.can:
            self._pause = SELDOM
            return
        try:
            async with self._doors, asyncio.timeout(WITHIN):
                said = await machine.agent().facts()
        except (Failed, TimeoutError):
            self._silent += 1
            self._pause = SOON if self._silent < BOOTING else min(self._pause * 2, SELDOM)
            await self._write(None)
        else:
            self._pause, self._silent = EVERY, BOOTING
            await self._write(said)

    async def _write(self, said: Facts | None) -> None:
        now = timezone.now()
        if said != self._said or (said is not None and now - self._written_at >= OLD):
            await lasting(record_facts, vm_id=self.followed.row.id, facts=said, at=now)
            self._said, self._written_at = said, now
