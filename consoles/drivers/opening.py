"""Opens a serial endpoint by its URL. In: the URL, and what drivers may use of this machine. Out: an Endpoint, or Trouble in ten seconds.

A new kind of line is a module beside this one, a row in OPENERS, and its shape in urls.py.
"""

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module

from consoles.drivers.base import TIMEOUT, Endpoint, Host, Trouble
from consoles.drivers.pty import open_pty
from consoles.drivers.remote_port import open_rfc2217
from consoles.drivers.serial_port import open_device
from consoles.drivers.stream import open_tcp, open_unix
from consoles.drivers.telnet import open_telnet
from consoles.drivers.threads import open_loop
from consoles.drivers.urls import DEVICE, check, shown, split

LONGEST = 10.0

__all__ = ["check", "open_endpoint", "shown"]


async def open_libvirt(url: str, host: Host) -> Endpoint:
    """Few hubs hold such lines."""
    console = import_module("consoles.drivers.libvirt_console")
    opened: Endpoint = await console.open_libvirt(url, host)
    return opened


async def open_scripted(url: str, host: Host) -> Endpoint:
    """Its scripts are many; a hub that plays none does not load them."""
    endpoint = import_module("consoles.drivers.scripted.endpoint")
    opened: Endpoint = await endpoint.open_scripted(url, host)
    return opened


OPENERS: dict[str, Callable[[str, Host], Awaitable[Endpoint]]] = {
    DEVICE: open_device,
    "libvirt": open_libvirt,
    "loop": open_loop,
    "pty": open_pty,
    "rfc2217": open_rfc2217,
    "scripted": open_scripted,
    "tcp": open_tcp,
    "telnet": open_telnet,
    "unix": open_unix,
}


async def open_endpoint(url: str, host: Host) -> Endpoint:
    check(url)
    _, scheme = split(url)
    try:
        async with asyncio.timeout(LONGEST):
            return await OPENERS[scheme](url, host)
    except TimeoutError:
        raise Trouble(TIMEOUT, f"no answer within {LONGEST:g} seconds") from None
