"""A machine with a monitor. In: acts. Out: each is one short conversation, so that others find the monitor free."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from pathlib import Path

from portal.machines.base import CANNOT, Agent, Event, Failed, Machine, State
from portal.machines.qemu import power, screen
from portal.machines.qemu.agent import QemuAgent
from portal.machines.qemu.following import follow, poll
from portal.machines.qemu.qmp import Monitor, conversation


@dataclass(frozen=True)
class Sockets:
    """`events` is a second monitor: one serves a single client, and whoever follows a machine never leaves."""

    qmp: Path
    events: Path | None = None
    agent: Path | None = None


class QemuMachine(Machine):
    def __init__(self, sockets: Sockets) -> None:
        self.sockets = sockets

    def monitor(self) -> AbstractAsyncContextManager[Monitor]:
        return conversation(self.sockets.qmp)

    async def state(self) -> State:
        async with self.monitor() as monitor:
            return power.known(await monitor.status())

    async def start(self) -> None:
        async with self.monitor() as monitor:
            await power.run(monitor)

    async def shut_down(self) -> None:
        async with self.monitor() as monitor:
            await power.shut_down(monitor)

    async def power_off(self) -> None:
        async with self.monitor() as monitor:
            await power.power_off(monitor)

    async def reset(self) -> None:
        async with self.monitor() as monitor:
            await power.reset(monitor)

    async def interrupt(self) -> None:
        async with self.monitor() as monitor:
            await power.interrupt(monitor)

    async def press(self, keys: Sequence[str]) -> None:
        async with self.monitor() as monitor:
            await power.press(monitor, keys)

    async def screenshot(self) -> bytes:
        async with self.monitor() as monitor:
            return await screen.picture(monitor)

    def agent(self) -> Agent:
        if self.sockets.agent is None:
            raise Failed(CANNOT, "the machine has no channel to a guest agent")
        return QemuAgent(self.sockets.agent)

    async def events(self) -> AsyncGenerator[Event]:
        path = self.sockets.events
        async with aclosing(follow(path) if path else poll(self.sockets.qmp)) as events:
            async for event in events:
                yield event
