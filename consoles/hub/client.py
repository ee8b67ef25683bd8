"""The consumer's end of the hub's socket. In: the hub's address. Out: a link on which frames go both ways.

`next` is where a viewer that draws slowly holds the stream back: what is not asked for stays in the socket, then in the spool.
"""

import asyncio
import os
from socket import SO_PEERCRED, SOL_SOCKET
from struct import Struct
from typing import Any
from urllib.parse import urlsplit

from consoles.hub.spec import Listening
from consoles.hub.tls import client_context
from consoles.wire import HEADER, KIB, MAX_FRAME, U64, Op, frame, packed, unpacked

PEER = Struct("iII")
CONNECT = 3.0
LONGEST_BREAK = 5.0
LIMIT = 128 * KIB
LONGEST_REPORT = 8 * KIB * KIB


class HubGone(Exception):
    """The hub cannot be reached, or its connection ended."""


class Refused(Exception):
    """The hub's line cannot do it: a code, and the operating system's or the other side's own words."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code, self.reason = code, reason


class Link:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._head: bytes | None = None  # of a frame that somebody stopped waiting for

    def send(self, op: Op, payload: bytes = b"") -> None:
        self._writer.write(frame(op, payload))

    @property
    def waiting(self) -> int:
        """How many bytes the hub has not taken yet."""
        return self._writer.transport.get_write_buffer_size()

    async def next(self, longest: int = MAX_FRAME) -> tuple[int, bytes]:
        try:
            self._head = self._head or await self._reader.readexactly(HEADER.size)
            length, op = HEADER.unpack(self._head)
            if not 1 <= length <= longest:
                raise HubGone("a frame of impossible length")
            payload = await self._reader.readexactly(length - 1)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise HubGone(str(error)) from error
        self._head = None
        return op, payload

    def close(self) -> None:
        self._writer.close()


async def connect(address: str, listening: Listening | None = None) -> Link:
    """`listening` holds the certificates where the hub is on another host."""
    try:
        async with asyncio.timeout(CONNECT):
            return Link(*await _open(address, listening))
    except (OSError, ValueError) as error:  # TimeoutError is an OSError
        raise HubGone(str(error) or "it does not answer") from error


def _is_ours(socket: Any) -> bool:
    """Redis tells where hubs are; what is typed goes to no other account of this machine, whatever it tells."""
    _pid, user, _group = PEER.unpack(socket.getsockopt(SOL_SOCKET, SO_PEERCRED, PEER.size))
    return user in (0, os.geteuid())


async def _open(
    address: str, listening: Listening | None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        reader, writer = await asyncio.open_unix_connection(parts.path, limit=LIMIT)
        if not _is_ours(writer.get_extra_info("socket")):
            writer.close()
            raise HubGone("somebody else listens there")
        return reader, writer
    if listening is None:
        raise HubGone(f"no certificates to reach {address} with")
    context = client_context(listening)
    return await asyncio.open_connection(parts.hostname, parts.port, ssl=context, limit=LIMIT)


async def ask(address: str, listening: Listening | None = None) -> dict[str, Any]:
    """What the hub's lines are doing."""
    return await _reported(address, Op.STATUS, b"", listening)


async def read_log(
    address: str, wanted: dict[str, Any], listening: Listening | None = None
) -> tuple[int, bytes]:
    """Bytes of a line's log from the hub's disk, and where they begin; see hub/reading_log.py."""
    op, payload = await _asked(address, Op.LOG, packed(wanted | {"want": "bytes"}), listening)
    if op != Op.OUTPUT:
        raise HubGone("it answers something else")
    return U64.unpack_from(payload)[0], payload[U64.size :]


async def ask_log(address: str, wanted: dict[str, Any], listening: Listening | None = None) -> dict[str, Any]:
    """What else there is to know of a line's log on the hub's disk."""
    return await _reported(address, Op.LOG, packed(wanted), listening)


async def _reported(address: str, op: Op, payload: bytes, listening: Listening | None) -> dict[str, Any]:
    answer, told = await _asked(address, op, payload, listening)
    if answer != Op.REPORT:
        raise HubGone("it answers something else")
    return unpacked(told)


async def forget(address: str, line: str, before: int, listening: Listening | None = None) -> int:
    """Where the line's log begins on the hub's disk, once what was before the offset is gone. Raises HubGone, or Refused."""
    op, payload = await _asked(address, Op.FORGET, packed({"line": line, "before": before}), listening)
    told = unpacked(payload)
    if op != Op.REPORT:
        raise Refused(str(told.get("code", "")), str(told.get("reason", "")))
    return int(told["start"])


async def _asked(address: str, op: Op, payload: bytes, listening: Listening | None) -> tuple[int, bytes]:
    link = await connect(address, listening)
    try:
        link.send(op, payload)
        async with asyncio.timeout(CONNECT):
            return await link.next(LONGEST_REPORT)
    except TimeoutError as error:
        raise HubGone("it does not answer") from error
    finally:
        link.close()


async def press_sysrq(
    address: str, line: str, letters: str, pause_ms: int, listening: Listening | None = None
) -> None:
    """Returns when all are sent. Raises HubGone when none was, else Refused; cancelled, what was not sent yet is not."""
    link = await connect(address, listening)
    try:
        link.send(Op.SYSRQ, packed({"line": line, "letters": letters, "pause_ms": pause_ms}))
        sent = 0
        while sent < len(letters):
            async with asyncio.timeout(LONGEST_BREAK + pause_ms / 1000):
                op, payload = await link.next()
            told = unpacked(payload)
            if op != Op.REPORT:
                raise Refused(str(told.get("code", "")), str(told.get("reason", "")))
            sent = int(told["sent"])
    except (TimeoutError, HubGone) as error:
        raise Refused("lost", str(error)) from error
    finally:
        link.close()


def attach_request(**fields: Any) -> bytes:
    return packed(fields)
