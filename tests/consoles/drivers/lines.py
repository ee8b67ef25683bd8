"""What the tests of the drivers do to an endpoint, in the hub's way: by its descriptor."""

import asyncio
import os
import threading
from collections.abc import Callable
from contextlib import suppress

from consoles.drivers.base import Endpoint

LONG = 10.0


async def read(endpoint: Endpoint, enough: Callable[[bytes], bool]) -> bytes:
    """Reads like the hub until it is enough, or the line has ended."""
    loop, printed = asyncio.get_running_loop(), b""
    async with asyncio.timeout(LONG):
        while not enough(printed):
            await readable(loop, endpoint.fd)
            data = os.read(endpoint.fd, 65536)
            if not data:
                break
            printed += endpoint.decoded(data)
    return printed


async def readable(loop: asyncio.AbstractEventLoop, fd: int) -> None:
    ready = asyncio.Event()
    loop.add_reader(fd, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(fd)


async def ended(endpoint: Endpoint) -> bool:
    """Whether the hub's reader sees the end."""
    with suppress(OSError):
        await read(endpoint, lambda _: False)
    return True


def type_(endpoint: Endpoint, data: bytes) -> None:
    encoded = endpoint.encoded(data)
    assert os.write(endpoint.fd, encoded) == len(encoded)


def answers(endpoint: Endpoint) -> None:
    def reply(data: bytes) -> None:
        assert os.write(endpoint.fd, data) == len(data)

    endpoint.reply = reply


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG):
        while not true():
            await asyncio.sleep(0.01)


def driver_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(("driver", "pySerial"))]
