"""A pretended machine as an endpoint. In: a scripted:// URL. Out: a descriptor like any other, with a guest's task at its far end."""

import asyncio
import logging
import socket

from consoles.drivers.base import Abilities, Endpoint, Host
from consoles.drivers.scripted.guest import Guest
from consoles.drivers.scripted.options import Options, parse
from consoles.drivers.scripted.outside import Outside
from consoles.drivers.scripted.port import Gone, Port
from consoles.drivers.scripted.scripts import NAMES, SCRIPTS

log = logging.getLogger(__name__)


def options_of(url: str) -> Options:
    """Trouble when the URL names no script, machine or option."""
    return parse(url, SCRIPTS, NAMES)


async def open_scripted(url: str, host: Host) -> Endpoint:
    options = options_of(url)
    near, far = socket.socketpair()
    near.setblocking(False)
    far.setblocking(False)
    script = SCRIPTS[options.script]
    rate = script.rate_of(options)
    guest = script(Port(far, rate), options)
    return Scripted(near, guest, rate, Outside(host.scripts, guest) if host.scripts else None)


class Scripted(Endpoint):
    def __init__(self, near: socket.socket, guest: Guest, rate: float, outside: Outside | None) -> None:
        super().__init__(near.fileno())
        self.can = Abilities(breaks=True, modem=True, rate=int(rate) or None)
        self._near, self._guest, self._outside = near, guest, outside
        if outside:
            outside.open()
        self._task = asyncio.create_task(guest.run(), name=guest.options.name)
        self._task.add_done_callback(self._ended)

    async def send_break(self, seconds: float) -> None:
        self._guest.port.take_in()
        self._guest.on_break()

    async def hang_up(self) -> None:
        self._guest.port.take_in()
        self._guest.on_hang_up()

    def close(self) -> None:
        self._near.close()
        if self._outside:
            self._outside.close()
        self._task.cancel()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._guest.port.close()
        if not task.cancelled() and not isinstance(task.exception(), Gone | None):
            log.error("The script %s failed.", self._guest.options.script, exc_info=task.exception())
