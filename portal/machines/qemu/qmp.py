"""One conversation with a QEMU's monitor. In: commands. Out: answers, each within seconds, or a Failed with QEMU's own words."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

from qemu.qmp import (
    ConnectError,
    EventListener,
    ExecInterruptedError,
    ExecuteError,
    Message,
    QMPClient,
    QMPError,
    StateError,
)

from portal.machines.base import BUSY, DIED, REFUSED, SILENT, Failed
from portal.machines.qemu.sockets import connected

GREETING = 4.0  # seconds, twice; a monitor that serves another client greets nobody
ANSWER = 10.0
LARGEST = 1024 * 1024  # bytes of one answer

# what fails is told to whoever asked, once
logging.getLogger("qemu.qmp").setLevel(logging.CRITICAL)


class Monitor:
    def __init__(self, client: QMPClient, sock: socket.socket) -> None:
        self.client = client
        self._sock = sock

    async def ask(self, command: str, seconds: float = ANSWER, /, **arguments: object) -> Any:
        try:
            async with asyncio.timeout(seconds):
                return await self.client.execute(command, arguments)
        except ExecuteError as error:
            raise Failed(REFUSED, str(error)) from error
        except TimeoutError as error:
            raise Failed(SILENT, f"QEMU did not answer {command} within {seconds:g} s") from error
        except (ExecInterruptedError, StateError) as error:
            raise Failed(DIED, f"QEMU ended while {command} was asked of it") from error

    async def status(self) -> str:
        return cast(str, (await self.ask("query-status"))["status"])

    def send_fd(self, fd: int) -> None:
        """Goes with the next command."""
        socket.send_fds(self._sock, [b" "], [fd])


@asynccontextmanager
async def conversation(path: Path, listener: EventListener | None = None) -> AsyncIterator[Monitor]:
    try:
        monitor = await _opened(path, listener)
    except Failed as failed:
        if failed.code != BUSY:
            raise
        # a client that came while another left was seen to be overlooked; one that comes anew is not
        monitor = await _opened(path, listener)
    try:
        yield monitor
    finally:
        with suppress(EOFError, OSError, QMPError):
            await monitor.client.disconnect()


async def _opened(path: Path, listener: EventListener | None) -> Monitor:
    client = QMPClient(readbuflen=LARGEST)
    # else it would keep whatever a guest makes QEMU say, for as long as it is listened to
    client.events.event_filter = _kept
    if listener:
        client.register_listener(listener)
    sock = await connected(path, GREETING)
    await _greeted(client, sock, path)
    return Monitor(client, sock)


def _kept(event: Message) -> bool:
    return False


async def _greeted(client: QMPClient, sock: socket.socket, path: Path) -> None:
    try:
        async with asyncio.timeout(GREETING):
            await client.connect(sock)
    except TimeoutError as error:
        raise Failed(BUSY, f"{path} greets nobody: it serves another client, or QEMU hangs") from error
    except ConnectError as error:
        code = DIED if isinstance(error.exc, EOFError | OSError) else REFUSED
        raise Failed(
            code, f"{path}: {error.exc}" if code == DIED else f"{path} is no QEMU's monitor"
        ) from error
