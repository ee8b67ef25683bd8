"""Writes down what was heard of one machine. In: its notes. Out: rows, by services; later, where the database was away.

While somebody's operation holds the machine only what happened is written; what it is now is looked at anew once that is over.
"""

import asyncio
from datetime import datetime

from portal.fleet.following.database import lasting
from portal.fleet.following.machine import Followed
from portal.fleet.following.states import POWER
from portal.fleet.models import SightingKind, VirtualMachine
from portal.fleet.services.sightings import clear_trouble, record_sighting
from portal.fleet.services.states import is_held, record_state

REST = 0.5  # seconds after a panic: a guest may say so a thousand times a second
HELD = 1.0  # seconds between looks whether the operation has ended


class Scribe:
    def __init__(self, followed: Followed) -> None:
        self.followed, self.notes, self.vm_id = followed, followed.notes, followed.row.id
        self._held = False

    async def run(self) -> None:
        while True:
            await self._news()
            panicked = await self._write_what_happened()
            if self.notes.state is not None:
                self._held = not await self._write_state()
            if panicked:
                await asyncio.sleep(REST)

    async def _news(self) -> None:
        try:
            await asyncio.wait_for(self.notes.news.wait(), HELD if self._held else None)
        except TimeoutError:
            return
        self.notes.news.clear()

    async def _write_what_happened(self) -> bool:
        """In its order: a guest that panicked may have been reset since, or have been reset into a panic. Whether it panicked."""
        notes, panic_at, began_at = self.notes, self.notes.panic_at, self.notes.began_at
        notes.panic_at = notes.began_at = None
        if panic_at is not None:
            await lasting(_record_panic, vm_id=self.vm_id, at=panic_at)
        if began_at is not None:
            await lasting(clear_trouble, vm_id=self.vm_id, at=began_at)
        return panic_at is not None

    async def _write_state(self) -> bool:
        if self._held:
            if await lasting(is_held, vm_id=self.vm_id):
                return False
            await self.followed.look()
        state, machine = self.notes.state, self.followed.machine
        can = sorted(one.value for one in machine.can) if machine else []
        return state is None or await lasting(
            record_state, vm_id=self.vm_id, power_state=POWER[state], can=can, at=self.notes.at
        )


def _record_panic(*, vm_id: int, at: datetime) -> None:
    vm = VirtualMachine.objects.filter(id=vm_id).first()
    if vm is not None:
        record_sighting(vm=vm, kind=SightingKind.PANIC, at=at)
