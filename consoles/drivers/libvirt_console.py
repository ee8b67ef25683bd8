"""Lines that a libvirt holds. In: libvirt+qemu:///system?domain=…&force=1. Out: a socket pair's descriptor, fed by a child process."""

import asyncio
import fcntl
import socket
import struct
import termios
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from consoles.drivers.base import CLOSED, TIMEOUT, UNREACHABLE, Abilities, Endpoint, Host, Trouble
from consoles.drivers.libvirt_holding import Child, children
from consoles.drivers.urls import parameters, split

IN_FLIGHT = 4096  # of what was typed, between the hub and the child
PATIENCE = 3.0
LOOK = 0.005
COUNT = struct.Struct("i")
LOST = (CLOSED, UNREACHABLE)  # with what was asked on its way


class Console(Endpoint):
    def __init__(self, near: socket.socket, child: Child, of: Mapping[str, Any], breaks: bool) -> None:
        near.setblocking(False)
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, IN_FLIGHT)
        super().__init__(near.fileno())
        self._near, self._child, self._of = near, child, of
        self.can = Abilities(breaks=breaks)

    async def send_break(self, seconds: float) -> None:
        """A monitor knows no length of a break. What was typed before it goes another way, so it waits until that was taken."""
        asked = False
        try:
            async with asyncio.timeout(PATIENCE):
                while COUNT.unpack(fcntl.ioctl(self.fd, termios.TIOCOUTQ, bytes(COUNT.size)))[0]:
                    await asyncio.sleep(LOOK)
                asked = True
                await self._child.ask(do="break", **self._of)
        except TimeoutError:
            raise Trouble(TIMEOUT, f"no answer within {PATIENCE:g} seconds", begun=asked) from None
        except Trouble as trouble:
            raise Trouble(trouble.code, trouble.reason, begun=trouble.code in LOST) from trouble

    def close(self) -> None:
        if self._near.fileno() >= 0:
            self._near.close()
            self._child.leave()


async def open_libvirt(url: str, host: Host) -> Endpoint:
    uri, of = _read(url)
    key = asyncio.get_running_loop(), uri
    child = children[key] = children.get(key) or Child(uri)
    child.users += 1
    near, far = socket.socketpair()
    try:
        await asyncio.shield(child.ready)
        answer = await child.ask(far.fileno(), do="open", **of)
        return Console(near, child, of, breaks=answer["breaks"])
    except BaseException:
        near.close()
        child.leave()
        raise
    finally:
        far.close()


def _read(url: str) -> tuple[str, dict[str, Any]]:
    """The connection for libvirt, and which console there."""
    parts, _ = split(url)
    given = dict(parameters(parts))
    of = {name: given.pop(name, "") for name in ("domain", "device", "force")}
    if parts.scheme.endswith("+ssh"):
        given["no_tty"] = "1"  # nobody is there to be asked for a password
    query = urlencode(given, quote_via=quote, safe="/")
    uri = f"{parts.scheme.removeprefix('libvirt+')}://{parts.netloc}{parts.path}{'?' if query else ''}{query}"
    return uri, {**of, "force": of["force"] == "1"}
