"""Handshakes of every bad kind, written as bytes. In: a kind. Out: the status line that it was answered with, 0 for none."""

import asyncio
import contextlib
import random
from dataclasses import dataclass

from tests.chaos.portal import Portal

ANSWER = 20.0
UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n{more}"
)
NONSENSE = (
    "mode=root",
    "from=-1",
    "page=x",
    "via=telnet",
    "tail=all",
    "&".join(f"x{n}=1" for n in range(50)),
)
ELSEWHERE = ("/live/", "/", "/live/vms/x/", "/live" + "/x" * 500, "/live/vms/%00/%ff/console/")


@dataclass
class Shaker:
    """`person` is whose cookie comes along."""

    portal: Portal
    vm: str
    person: str

    @property
    def path(self) -> str:
        return f"/live{self.portal.vms[self.vm]['url']}"

    @property
    def cookie(self) -> str:
        return f"Cookie: sessionid={self.portal.cookies[self.person]}\r\n"

    def request(self, query: str = "mode=watch", origin: str = "", more: str = "", path: str = "") -> bytes:
        origin = origin or f"http://{self.portal.host}"
        more = f"Origin: {origin}\r\n{more or self.cookie}"
        path = path or f"{self.path}?{query}"
        return (UPGRADE.format(path=path, host=self.portal.host, more=more) + "\r\n").encode()

    async def valid(self) -> int:
        return await self._asks(self.request())

    async def foreign(self) -> int:
        return await self._asks(self.request(origin="http://evil.example"))

    async def nonsense(self) -> int:
        return await self._asks(self.request(random.choice(NONSENSE)))

    async def elsewhere(self) -> int:
        return await self._asks(self.request(path=random.choice(ELSEWHERE)))

    async def unknown(self) -> int:
        cookie = f"sessionid={random.randbytes(16).hex()}"
        return await self._asks(self.request(more=f"Cookie: {cookie}\r\n"))

    async def garbage(self) -> int:
        return await self._asks(random.randbytes(300) + b"\r\n\r\n")

    async def abandoned(self) -> int:
        """Everything is right, and nobody waits for the answer."""
        _reader, writer = await self._connected()
        writer.write(self.request())
        await writer.drain()
        writer.transport.abort()
        return 0

    async def half(self) -> int:
        """It stays open until the portal has had enough of it."""
        reader, writer = await self._connected()
        writer.write(self.request()[: random.randrange(1, 200)])
        with contextlib.suppress(OSError):
            async with asyncio.timeout(ANSWER):
                await reader.read()
        writer.close()
        return 0

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.portal.port)

    async def _asks(self, request: bytes) -> int:
        reader, writer = await self._connected()
        writer.write(request)
        try:
            async with asyncio.timeout(ANSWER):
                status = (await reader.readline()).split()
        except ConnectionError:
            return 0
        finally:
            writer.transport.abort()
        return int(status[1]) if len(status) > 1 and status[1].isdigit() else 0
