"""The process that holds the consoles of one libvirt. In: requests, each with a socket for a line. Out: answers, or Trouble.

libvirt's library blocks, and Debian's module of it is for Debian's Python: so it runs in `libvirt_child.py`, one for each connection.
"""

import asyncio
import importlib.util
import json
import socket
import sys
from asyncio.subprocess import DEVNULL
from pathlib import Path
from typing import Any

from consoles.drivers.base import BUSY, CLOSED, DENIED, FAILED, MISSING, UNREACHABLE, Trouble

PROGRAM = Path(__file__).with_name("libvirt_child.py")
DEBIANS = "/usr/bin/python3"
NO_MODULE = "libvirt's Python module is not here: apt install python3-libvirt, or pip install libvirt-python"
# libvirt's VIR_ERR_…: no domain; of authentication and access; not running; held by somebody else
CODES = {42: MISSING, 45: DENIED, 79: DENIED, 88: DENIED, 94: DENIED, 55: UNREACHABLE, 9: BUSY}
LARGEST = 64 * 1024
FOR_ALL = 1.0

Said = dict[str, Any]


class Child:
    """The consoles of one connection. It ends with the last of them, and all of them with it."""

    def __init__(self, uri: str) -> None:
        self.uri, self.users = uri, 0
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[int, asyncio.Future[Any]] = {0: self._loop.create_future()}
        self._asked = 0
        self.ready = self._waiting[0]
        self.ready.add_done_callback(lambda done: done.exception())  # it may have no user left
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        self._loop.add_reader(self._control.fileno(), self._hear)
        self._beginning = self._loop.create_task(self._begin(theirs))

    async def _begin(self, theirs: socket.socket) -> None:
        python = sys.executable if importlib.util.find_spec("libvirt") else DEBIANS
        command = python, "-I", str(PROGRAM), self.uri
        try:
            with theirs:
                await asyncio.create_subprocess_exec(
                    *command, stdin=theirs.fileno(), stdout=DEVNULL, stderr=DEVNULL, start_new_session=True
                )
        except OSError as error:
            self._end(Trouble(FAILED, f"{NO_MODULE} ({error.strerror})"))

    async def ask(self, fd: int | None = None, /, **what: Any) -> Any:
        self._asked += 1
        number, answer = self._asked, self._loop.create_future()
        self._waiting[number] = answer
        try:
            packet = json.dumps({"id": number, **what}).encode()
            socket.send_fds(self._control, [packet], [] if fd is None else [fd])
            return await answer
        except OSError as error:
            raise Trouble(CLOSED, "the connection to libvirt ended") from error
        finally:
            self._waiting.pop(number, None)

    def leave(self) -> None:
        self.users -= 1
        if not self.users:
            self._end(Trouble(CLOSED, "nobody uses the connection"))

    def _hear(self) -> None:
        try:
            data = self._control.recv(LARGEST)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._take(json.loads(data))
        else:
            self._end(
                Trouble(FAILED, NO_MODULE) if not self.ready.done() else Trouble(CLOSED, "libvirt is gone")
            )

    def _take(self, said: Said) -> None:
        answer = self._waiting.get(said.get("id", 0))
        if answer is None or answer.done():
            return
        if "failed" not in said:
            answer.set_result(said.get("done"))
            return
        number, sentence = said["failed"]
        if self.ready.done():
            answer.set_exception(Trouble(CODES.get(number, FAILED), sentence))
        else:
            self._end(Trouble(CODES.get(number, UNREACHABLE), sentence))

    def _end(self, trouble: Trouble) -> None:
        if self._control.fileno() < 0:
            return
        self._loop.remove_reader(self._control.fileno())
        self._control.close()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(trouble)
        if self.users and self.ready.exception():
            self._loop.call_later(FOR_ALL, self._forget)  # a host that is away is away for all its lines
        else:
            self._forget()

    def _forget(self) -> None:
        if children.get((self._loop, self.uri)) is self:
            del children[self._loop, self.uri]


children: dict[tuple[asyncio.AbstractEventLoop, str], Child] = {}
