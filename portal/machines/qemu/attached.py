"""A QEMU that somebody else started. In: `qemu+unix:///dir`, or `qemu+unix://?qmp=/path&events=/path&agent=/path`. Out: a machine.

In a folder the sockets are called qmp.sock and, where there are any, events.sock and agent.sock.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from portal.machines.base import BAD_SPEC, Can, Event, Failed, State
from portal.machines.qemu import power
from portal.machines.qemu.machine import QemuMachine, Sockets
from portal.machines.qemu.sockets import checked

NAMES = ("qmp", "events", "agent")


class AttachedMachine(QemuMachine):
    """Whether it has a display is known once it was asked for its state or followed."""

    def __init__(self, url: str) -> None:
        super().__init__(_sockets(url))
        self.can = frozenset({Can.POWER, Can.NMI, Can.KEYS})
        if self.sockets.agent:
            self.can |= {Can.AGENT}

    async def state(self) -> State:
        async with self.monitor() as monitor:
            if await power.has_display(monitor):
                self.can |= {Can.SCREEN}
            return power.known(await monitor.status())

    async def events(self) -> AsyncGenerator[Event]:
        await self.state()
        async with aclosing(super().events()) as events:
            async for event in events:
                yield event


def _sockets(url: str) -> Sockets:
    parts = urlsplit(url)
    if parts.netloc or parts.fragment:
        raise Failed(BAD_SPEC, f"{url}: a path follows qemu+unix://, which begins with a third slash")
    named = _named(url, parts) if parts.query else _in_folder(unquote(parts.path))
    if "qmp" not in named:
        raise Failed(BAD_SPEC, f"{url} names no monitor: qmp=/path/of/its/socket")
    return Sockets(**named)


def _named(url: str, parts: SplitResult) -> dict[str, Path]:
    given = parse_qs(parts.query)
    if parts.path or not given.keys() <= set(NAMES):
        raise Failed(BAD_SPEC, f"{url}: either a folder or qmp=, events= and agent= are given")
    return {name: checked(paths[0]) for name, paths in given.items()}


def _in_folder(folder: str) -> dict[str, Path]:
    paths = {name: checked(Path(folder) / f"{name}.sock") for name in NAMES}
    return {name: path for name, path in paths.items() if name == "qmp" or path.exists()}
