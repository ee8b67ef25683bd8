"""A machine that Homeport runs itself. In: `qemu:///path/machine.json`. Out: a machine whose process is started, found again and ended here.

Stopped, its process waits with all its sockets; deallocated, it has none.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from portal.machines.base import (
    BAD_SPEC,
    BUSY,
    DIED,
    GONE,
    REFUSED,
    SILENT,
    Can,
    Event,
    Failed,
    Seen,
    State,
)
from portal.machines.qemu import serial_log
from portal.machines.qemu import spec as specifications
from portal.machines.qemu.arguments import command
from portal.machines.qemu.machine import QemuMachine, Sockets
from portal.machines.qemu.process import Process
from portal.machines.qemu.qmp import Monitor
from portal.machines.qemu.spec import SOCKETS, Spec

LOOKED = 1.0  # seconds between looks for a process that is not there
SOON = 0.5  # within which a process whose sockets closed is gone


class ManagedMachine(QemuMachine):
    def __init__(self, url: str) -> None:
        self.spec = specifications.read(_path(url))
        agent = self.spec.socket("agent") if self.spec.agent else None
        super().__init__(Sockets(self.spec.socket("qmp"), self.spec.socket("events"), agent))
        self.process = Process(self.spec.run)
        self.can = _can(self.spec)

    @asynccontextmanager
    async def monitor(self) -> AsyncIterator[Monitor]:
        if not self.process.alive:
            raise self._absence()
        try:
            async with super().monitor() as monitor:
                yield monitor
        except Failed as failed:
            # sockets close a moment before the process is gone
            if failed.code in (GONE, DIED) and await self.process.ended(SOON):
                raise Failed(DIED, "QEMU's process ended meanwhile") from failed
            raise

    async def state(self) -> State:
        """A process that died holds no more than one that was ended, and is started alike."""
        return await super().state() if self.process.alive else State.DEALLOCATED

    async def prepare(self) -> None:
        async with self.process.alone():
            if not self.process.alive:
                await self._prepare()
            async with self.monitor() as monitor:
                await monitor.status()

    async def start(self) -> None:
        await self.prepare()
        await super().start()

    async def power_off(self) -> None:
        """A process that does not listen any more is ended, like a plug that is pulled."""
        try:
            await super().power_off()
        except Failed as failed:
            if failed.code not in (GONE, SILENT, BUSY):
                raise
            async with self.process.alone():
                await self._end()
                await self._prepare()

    async def deallocate(self) -> None:
        async with self.process.alone():
            await self._end()
            for disk in self._temporary():
                disk.unlink(missing_ok=True)

    async def redeploy(self) -> None:
        await self.deallocate()
        await self.prepare()

    async def events(self) -> AsyncGenerator[Event]:
        """Goes on while it is deallocated; that it died is told once, to whoever followed it."""
        while True:
            if self.process.alive:
                async with aclosing(self._followed()) as events:
                    async for event in events:
                        yield event
            yield Event(Seen.STATE, State.DEALLOCATED)
            while not self.process.alive:
                await asyncio.sleep(LOOKED)

    async def _followed(self) -> AsyncGenerator[Event]:
        """Until its process ended in order."""
        async with self.process.alone():
            pass  # whoever started it is done with that
        shortening = asyncio.create_task(serial_log.keep_short(self.spec.serial_log))
        try:
            async with aclosing(super().events()) as events:
                async for event in events:
                    yield event
        except Failed:
            if not await self.process.ended(SOON):
                raise
            if self.process.died:
                raise self._absence() from None
        finally:
            shortening.cancel()

    def _absence(self) -> Failed:
        if self.process.died:
            return Failed(DIED, "QEMU's process is gone, and did not end in order")
        return Failed(REFUSED, "the machine is deallocated")

    async def _prepare(self) -> None:
        self._clean()
        serial_log.make(self.spec.serial_log)
        for disk in self.spec.disks:
            if disk.temporary and not disk.path.exists():
                _make_empty(disk.path, disk.size)
        await self.process.launch(command(self.spec, self.process.pid_file))

    async def _end(self) -> None:
        await self.process.end()
        self._clean()

    def _clean(self) -> None:
        for name in SOCKETS:
            self.spec.socket(name).unlink(missing_ok=True)
        self.process.pid_file.unlink(missing_ok=True)

    def _temporary(self) -> list[Path]:
        return [disk.path for disk in self.spec.disks if disk.temporary]


def _can(spec: Spec) -> frozenset[Can]:
    always = {Can.POWER, Can.DEALLOCATE, Can.REDEPLOY, Can.NMI, Can.KEYS}
    return frozenset(
        always | ({Can.SCREEN} if spec.display else set()) | ({Can.AGENT} if spec.agent else set())
    )


def _path(url: str) -> Path:
    parts = urlsplit(url)
    path = Path(unquote(parts.path))
    if parts.netloc or parts.query or parts.fragment or not path.is_absolute():
        raise Failed(BAD_SPEC, f"{url}: qemu:// is followed by the path of a specification, and nothing else")
    return path


def _make_empty(path: Path, size: int) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.truncate(size * 1024 * 1024)
