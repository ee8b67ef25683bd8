"""Pictures of a machine's display. In: that it began, changed or panicked. Out: a few screenshots while it settles, the newest of them kept."""

import asyncio

from django.utils import timezone

from portal.fleet.following.database import lasting
from portal.fleet.following.machine import Followed
from portal.fleet.services.guests import record_screenshot
from portal.machines.base import Can, Failed, State

AFTER = (3.0, 12.0, 45.0)  # seconds, each after the one before
WITHIN = 10.0


class PicturesOf:
    def __init__(self, followed: Followed, doors: asyncio.Semaphore) -> None:
        self.followed, self._doors = followed, doors

    async def run(self) -> None:
        turned = self.followed.notes.for_pictures
        while True:
            await turned.wait()
            turned.clear()
            for pause in AFTER:
                await asyncio.sleep(pause)
                if turned.is_set():
                    break
                await self._take()

    async def _take(self) -> None:
        machine, running = self.followed.machine, self.followed.notes.state is State.RUNNING
        if machine is None or not running or not self.followed.row.pictures or Can.SCREEN not in machine.can:
            return
        try:
            async with self._doors, asyncio.timeout(WITHIN):
                png = await machine.screenshot()
        except (Failed, TimeoutError):
            return
        await lasting(record_screenshot, vm_id=self.followed.row.id, png=png, at=timezone.now())
