"""One conversation with QEMU's guest agent. In: a command. Out: its answer, within seconds and bytes, or a Failed.

The other end is the guest: what it says is not trusted, and may be an answer that somebody before did not wait for.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from portal.machines.base import AGENT_SILENT, REFUSED, Failed
from portal.machines.qemu.sockets import connected

GREETING = 5.0  # seconds
ANSWER = 10.0
LARGEST = 8 * 1024 * 1024  # bytes of one answer
START = b"\xff"  # ends whatever the agent had read in part, and begins its answer to that


class TooLong(Failed):
    def __init__(self) -> None:
        super().__init__(REFUSED, f"the guest agent's answer has more than {LARGEST} bytes")


class Link:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def greet(self) -> None:
        number = secrets.randbits(48)
        self._say("guest-sync-delimited", {"id": number}, START)
        async with _patience(GREETING):
            while not _answers(await self._line(), number):
                pass

    async def ask(self, command: str, seconds: float = ANSWER, /, **arguments: object) -> Any:
        self._say(command, arguments)
        async with _patience(seconds):
            answer = _read(await self._line())
        if "return" in answer:
            return answer["return"]
        error = answer.get("error")
        words = error.get("desc") if isinstance(error, dict) else None
        raise Failed(REFUSED, plain(words or "the guest agent answered nonsense", 200))

    def _say(self, command: str, arguments: dict[str, Any], before: bytes = b"") -> None:
        message = {"execute": command, "arguments": arguments} if arguments else {"execute": command}
        self._writer.write(before + json.dumps(message).encode() + b"\n")

    async def _line(self) -> bytes:
        try:
            line = await self._reader.readline()
        except (ValueError, RecursionError) as error:
            raise TooLong from error
        if not line:
            raise Failed(AGENT_SILENT, "the agent's channel was closed")
        return line


@asynccontextmanager
async def link(path: Path) -> AsyncIterator[Link]:
    sock = await connected(path, GREETING)
    reader, writer = await asyncio.open_unix_connection(sock=sock, limit=LARGEST)
    try:
        opened = Link(reader, writer)
        await opened.greet()
        yield opened
    except OSError as error:
        raise Failed(AGENT_SILENT, str(error.strerror)) from error
    finally:
        writer.transport.abort()


@asynccontextmanager
async def _patience(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise Failed(AGENT_SILENT, f"no answer within {seconds:g} s") from error


def _answers(line: bytes, number: int) -> bool:
    return _read(line.rpartition(START)[2]).get("return") == number


def _read(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def plain(text: object, length: int) -> str:
    return "".join(letter for letter in str(text or "")[: length * 2] if letter.isprintable())[:length]
