"""Lines behind a unix or TCP socket. In: a URL. Out: the connected socket's descriptor, bytes as they are; a break where a monitor makes it."""

import asyncio
import socket
from importlib import import_module

from consoles.drivers.apart import apart
from consoles.drivers.base import UNREACHABLE, Endpoint, Host, Trouble
from consoles.drivers.troubles import from_error
from consoles.drivers.urls import parameters, path, split

TRIED = 4  # addresses of one name
PATIENCE = 9.0  # for all of them together
# the least there is: what waits in the kernel counts as taken by the line, and a paste is paced by that
WAITING = 1
# a terminal server that lost its power says nothing: it is gone after a minute
ALIVE = {socket.TCP_KEEPIDLE: 30, socket.TCP_KEEPINTVL: 10, socket.TCP_KEEPCNT: 3}


class Stream(Endpoint):
    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock.fileno())
        self._sock = sock

    def close(self) -> None:
        self._sock.close()


async def open_unix(url: str, host: Host) -> Endpoint:
    parts, _ = split(url)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, WAITING)
        # connects at once or not at all: EAGAIN says that somebody else is served and the queue behind is full
        sock.connect(path(parts))
    except OSError as error:
        sock.close()
        raise from_error(error) from error
    given = dict(parameters(parts))
    return _of_qemu(sock, given) if "qmp" in given else Stream(sock)


def _of_qemu(sock: socket.socket, given: dict[str, str]) -> Endpoint:
    """The library that speaks to monitors is loaded by the first line that has one."""
    line = import_module("consoles.drivers.qemu_line")
    endpoint: Endpoint = line.QemuLine(sock, given["qmp"], given.get("chardev", line.CHARDEV))
    return endpoint


async def open_tcp(url: str, host: Host) -> Endpoint:
    parts, _ = split(url)
    return Stream(await connected(parts.hostname or "", parts.port or 0))


async def connected(host: str, port: int) -> socket.socket:
    try:
        found = await apart(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        raise from_error(error) from error
    found = found[:TRIED]
    trouble = Trouble(UNREACHABLE, f"{host} has no address")
    for family, kind, protocol, _, address in found:
        try:
            async with asyncio.timeout(PATIENCE / len(found)):
                return await _connected(socket.socket(family, kind, protocol), address)
        except OSError as error:
            trouble = from_error(error)
    raise trouble


async def _connected(sock: socket.socket, address: tuple[object, ...]) -> socket.socket:
    try:
        sock.setblocking(False)
        keep_alive(sock)
        await asyncio.get_running_loop().sock_connect(sock, address)
    except BaseException:
        sock.close()
        raise
    return sock


def keep_alive(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, WAITING)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in ALIVE.items():
        sock.setsockopt(socket.IPPROTO_TCP, option, value)
