"""Somebody at a scripted machine's line: types, and waits for what shall be printed."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from consoles.drivers.base import Endpoint, Host
from consoles.drivers.scripted.endpoint import open_scripted

PATIENCE = 20.0


class Terminal:
    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.printed = ""
        self._read = bytearray()
        self._arrived = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(endpoint.fd, self._take)

    def _take(self) -> None:
        data = os.read(self.endpoint.fd, 65536)
        if not data:
            self._loop.remove_reader(self.endpoint.fd)
        self._read += data
        self._arrived.set()

    async def until(self, text: str) -> str:
        """What was printed since the last time, up to the text and with it."""
        wanted = text.encode()
        async with asyncio.timeout(PATIENCE):
            while wanted not in self._read:
                self._arrived.clear()
                await self._arrived.wait()
        end = self._read.index(wanted) + len(wanted)
        found = bytes(self._read[:end]).decode(errors="replace")
        del self._read[:end]
        return found

    def type(self, text: str) -> None:
        os.write(self.endpoint.fd, text.encode())

    async def type_all(self, data: bytes) -> None:
        """More than fits at once."""
        with socket.socket(fileno=os.dup(self.endpoint.fd)) as near:
            near.setblocking(False)
            async with asyncio.timeout(PATIENCE):
                await self._loop.sock_sendall(near, data)

    async def say(self, line: str, then: str) -> str:
        self.type(f"{line}\r")
        return await self.until(then)

    async def log_in(self, user: str = "ada", prompt: str = ":~$ ") -> None:
        await self.until("web-1 login: ")
        await self.say(user, "Password: ")
        await self.say("homeport", prompt)

    def close(self) -> None:
        self._loop.remove_reader(self.endpoint.fd)
        self.endpoint.close()


@asynccontextmanager
async def at(url: str) -> AsyncIterator[Terminal]:
    terminal = Terminal(await open_scripted(url, Host()))
    try:
        yield terminal
    finally:
        terminal.close()
