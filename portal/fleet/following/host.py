"""All machines of one host. In: rows. Out: a task for each that follows it, begun and ended as the rows change."""

import asyncio
from dataclasses import dataclass

import structlog

from portal.fleet.following.facts import FactsOf
from portal.fleet.following.machine import LONGEST, Followed
from portal.fleet.following.rows import Row
from portal.fleet.following.screens import PicturesOf
from portal.fleet.following.scribe import Scribe
from portal.fleet.following.states import POWER

log = structlog.get_logger(__name__)

OPENING, LOOKING = 32, 8  # at a time: connections being opened, agents and displays being asked
LET_GO = 1.0  # seconds


@dataclass
class Kept:
    followed: Followed
    task: asyncio.Task[None]


class Host:
    def __init__(self) -> None:
        self._kept: dict[int, Kept] = {}
        self._opening, self._looking = asyncio.Semaphore(OPENING), asyncio.Semaphore(LOOKING)

    def __len__(self) -> int:
        return len(self._kept)

    async def want(self, rows: list[Row]) -> None:
        wanted = {row.id: row for row in rows}
        for vm_id in [*self._kept]:
            if vm_id not in wanted or wanted[vm_id].url != self._kept[vm_id].followed.row.url:
                self._kept.pop(vm_id).task.cancel()
        for row in rows:
            if row.id in self._kept:
                self._changed(self._kept[row.id].followed, row)
            else:
                self._begin(row)

    async def close(self) -> None:
        tasks = [kept.task for kept in self._kept.values()]
        self._kept.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=LET_GO)

    def _changed(self, followed: Followed, row: Row) -> None:
        """Somebody else says of it what was not seen here: an operation, or a hand in the database."""
        followed.row, state = row, followed.notes.state
        if state is not None and POWER[state] != row.power_state:
            followed.look_again()
            followed.notes.news.set()

    def _begin(self, row: Row) -> None:
        followed = Followed(row, self._opening)
        task = asyncio.create_task(self._follow(followed), name=f"machine {row.name}")
        self._kept[row.id] = Kept(followed, task)
        task.add_done_callback(lambda ended: self._ended(row, ended))

    async def _follow(self, followed: Followed) -> None:
        async with asyncio.TaskGroup() as group:
            for part in (
                followed,
                Scribe(followed),
                FactsOf(followed, self._looking),
                PicturesOf(followed, self._looking),
            ):
                group.create_task(part.run())

    def _ended(self, row: Row, task: asyncio.Task[None]) -> None:
        """A fault in one driver costs its own machine, and that one for a while."""
        if task.cancelled() or row.id not in self._kept:
            return
        log.error("machine_not_followed", vm=row.name, exc_info=task.exception())
        asyncio.get_running_loop().call_later(LONGEST, self._begin_again, row.id, task)

    def _begin_again(self, vm_id: int, ended: asyncio.Task[None]) -> None:
        kept = self._kept.get(vm_id)
        if kept is not None and kept.task is ended:
            self._begin(kept.followed.row)
