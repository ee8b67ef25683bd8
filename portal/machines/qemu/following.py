"""What a machine does by itself. In: its monitor. Out: events, the state first; ends in a Failed when QEMU is gone or hangs.

What a guest does too often is told once for as long as nobody took it.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

from qemu.qmp import EventListener, Message

from portal.machines.base import Event, Seen
from portal.machines.qemu import power
from portal.machines.qemu.qmp import Monitor, conversation

STATES = {"SHUTDOWN", "STOP", "RESUME", "SUSPEND", "WAKEUP"}
KINDS = {"RESET": Seen.RESET, "GUEST_PANICKED": Seen.PANIC}
ASKED = 20.0  # seconds of silence, after which QEMU must answer for itself
POLLED = 5.0


class Heard:
    def __init__(self) -> None:
        self.listener = EventListener(STATES | KINDS.keys(), self._hear)
        self._something = asyncio.Event()
        self._seen: dict[Seen, Event] = {}
        self._stands = False

    async def next(self, seconds: float) -> list[Event]:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._something.wait(), seconds)
        self._something.clear()
        seen, self._seen = list(self._seen.values()), {}
        return seen

    def wake(self) -> None:
        self._something.set()

    def _hear(self, message: Message) -> bool:
        name, data = str(message["event"]), message.get("data")
        if name in ("STOP", "RESUME"):
            self._stands = name == "STOP"
        elif name == "GUEST_PANICKED" or (
            name == "RESET" and not self._stands
        ):  # what is powered off is reset too
            told = data if isinstance(data, dict) else {}
            text = str(told.get("reason") or told.get("action") or "")
            self._seen[KINDS[name]] = Event(KINDS[name], text=text)
        self.wake()
        return False  # nothing is kept in the listener


async def follow(path: Path) -> AsyncGenerator[Event]:
    heard = Heard()
    async with conversation(path, heard.listener) as monitor:
        lost = asyncio.create_task(_lost(monitor, heard))
        try:
            async for event in _told(monitor, heard):
                yield event
        finally:
            lost.cancel()


async def poll(path: Path) -> AsyncGenerator[Event]:
    """For a QEMU with one monitor, which acts need too: it is asked for its state only."""
    before = None
    while True:
        async with conversation(path) as monitor:
            state = power.known(await monitor.status())
        if state != before:
            yield Event(Seen.STATE, state)
        before = state
        await asyncio.sleep(POLLED)


async def _told(monitor: Monitor, heard: Heard) -> AsyncGenerator[Event]:
    before = None
    while True:
        seen: list[Event] = await heard.next(ASKED) if before else []
        state = power.known(await monitor.status())
        for event in seen:
            yield event
        if state != before:
            yield Event(Seen.STATE, state)
        before = state


async def _lost(monitor: Monitor, heard: Heard) -> None:
    await monitor.client.runstate_changed()
    heard.wake()
