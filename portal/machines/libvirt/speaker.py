"""One child process that calls libvirt. In: a domain, the name of a call. Out: its value, events, or a Failed in libvirt's words."""

import asyncio
import json
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from portal.machines.base import GONE, SILENT, Failed
from portal.machines.libvirt.errors import failure

PATIENCE = 10.0
MISSING = "libvirt's Python module is not here: apt install python3-libvirt, or pip install libvirt-python"

Said = dict[str, Any]


class Speaker:
    """One child. Nothing is asked of it before `begin`, and nobody waits for it after it is gone."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._hearing: dict[str, list[asyncio.Queue[Said | Failed]]] = {}
        self._asked = 0
        self._failure: Failed | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def lost(self) -> bool:
        return self._failure is not None

    async def begin(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                first = await self._line()
        except TimeoutError:
            raise Failed(GONE, f"libvirt did not answer within {PATIENCE:g} seconds") from None
        if first is None:
            raise Failed(GONE, MISSING)
        if "failed" in first:
            raise failure(*first["failed"], connecting=True)
        self._reader = asyncio.create_task(self._read())

    async def end(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(1):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        if self._reader:
            await self._reader

    async def call(self, domain: str, name: str, *arguments: Any, seconds: float = PATIENCE) -> Any:
        if self._failure:
            raise self._failure
        self._asked += 1
        number, answer = self._asked, asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._write({"id": number, "domain": domain, "do": name, "with": arguments})
        try:
            async with asyncio.timeout(seconds):
                return await answer
        except TimeoutError:
            raise Failed(
                SILENT, f"libvirt took {name} and did not answer within {seconds:g} seconds"
            ) from None
        finally:
            self._waiting.pop(number, None)

    @asynccontextmanager
    async def watching(self, domain: str) -> AsyncIterator[asyncio.Queue[Said | Failed]]:
        """What is told of a domain from now on; a Failed is the last of it."""
        queue: asyncio.Queue[Said | Failed] = asyncio.Queue()
        listeners = self._hearing.setdefault(domain, [])
        listeners.append(queue)
        try:
            if len(listeners) == 1:
                await self.call(domain, "watch", domain)
            yield queue
        finally:
            listeners.remove(queue)
            if not listeners:
                del self._hearing[domain]
                if not self._failure:
                    self._write({"id": 0, "domain": domain, "do": "leave", "with": [domain]})

    def _write(self, asked: Said) -> None:
        if self._process.stdin:
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")

    async def _line(self) -> Said | None:
        line = await self._process.stdout.readline() if self._process.stdout else b""
        said: Said | None = json.loads(line) if line else None
        return said

    async def _read(self) -> None:
        """However it ends, whoever waits hears of it: one domain's monstrous answer must not leave the others deaf."""
        try:
            while said := await self._line():
                if "gone" in said:
                    break
                self._take(said)
        except (ValueError, KeyError):
            self._process.kill()
        self._failure = Failed(GONE, "the connection to libvirt ended")
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(self._failure)
        for listeners in self._hearing.values():
            for queue in listeners:
                queue.put_nowait(self._failure)

    def _take(self, said: Said) -> None:
        if "event" in said:
            for queue in self._hearing.get(said["domain"], []):
                queue.put_nowait(said)
            return
        answer = self._waiting.get(said["id"])
        if answer is None or answer.done():
            return
        if "failed" in said:
            answer.set_exception(failure(*said["failed"]))
        else:
            answer.set_result(said["done"])
