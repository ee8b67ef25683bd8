"""A serial port held by a test: waits for what the guest prints, types."""

import asyncio
from pathlib import Path

PATIENCE = 60.0


class SerialLine:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.seen = b""

    @classmethod
    async def held(cls, path: Path) -> "SerialLine":
        return cls(*await asyncio.open_unix_connection(str(path)))

    async def until(self, text: bytes, patience: float = PATIENCE) -> bytes:
        """What came up to and with the text; the next wait begins after it."""
        async with asyncio.timeout(patience):
            while text not in self.seen:
                more = await self._reader.read(65536)
                assert more, f"the line closed, after {self.seen[-500:]!r}"
                self.seen += more
        found, _, self.seen = self.seen.partition(text)
        return found + text

    def type(self, text: str) -> None:
        self._writer.write(text.encode())

    async def sign_in(self, user: str = "root", password: str = "homeport") -> None:
        await self.until(b"login: ")
        self.type(f"{user}\n")
        await self.until(b"Password: ")
        self.type(f"{password}\n")
        self.type("echo rea''dy\n")
        await self.until(b"\nready")

    def close(self) -> None:
        self._writer.transport.abort()
