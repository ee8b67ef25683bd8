"""A domain of a libvirt. In: acts. Out: done, its events, or a Failed in libvirt's words.

A domain that is off holds nothing on its host, so there is no deallocate; one that is paused runs nothing, and counts as stopped.
"""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any
from xml.etree import ElementTree

from portal.machines.base import REFUSED, Agent, Can, Event, Failed, Machine, Seen, State
from portal.machines.libvirt import keys as keyboard
from portal.machines.libvirt import urls
from portal.machines.libvirt.agent import CHANNEL, LibvirtAgent
from portal.machines.libvirt.speaker import Speaker
from portal.machines.libvirt.speaking import speaking

# virDomainState
NO_STATE, RUNNING, BLOCKED, PAUSED, SHUTTING_DOWN, OFF, CRASHED, ASLEEP = range(8)
STATES = {
    RUNNING: State.RUNNING,
    BLOCKED: State.RUNNING,
    PAUSED: State.STOPPED,
    SHUTTING_DOWN: State.RUNNING,
    OFF: State.STOPPED,
    CRASHED: State.STOPPED,
    ASLEEP: State.RUNNING,
}
START_PAUSED, DESTROY_GRACEFUL, LINUX_KEYS = 1, 1, 0
EVENT_CRASHED = 8
HOLD_MS = 100
FOR_A_CLIENT = 3.0  # of the hub, to hold the line before the first instruction
LOOK = 0.1
ONE_RESET = 1.0  # within which libvirt tells of the same one again
LARGEST = 4 * 1024 * 1024
PICTURE_SECONDS = 20.0


class LibvirtMachine(Machine):
    """`can` is what libvirt has calls for, until the domain was looked at."""

    def __init__(self, url: str) -> None:
        self.address = urls.read(url)
        self.can = frozenset({Can.POWER, Can.NMI, Can.KEYS, Can.SCREEN, Can.AGENT})

    async def state(self) -> State:
        async with speaking(self.address.uri) as speaker:
            return STATES.get(await self._number(speaker), State.UNKNOWN)

    async def prepare(self) -> None:
        async with speaking(self.address.uri) as speaker:
            number = await self._number(speaker)
            if number == CRASHED:  # what is left of it only waits to be looked into
                await speaker.call(self.address.domain, "destroy")
            if number in (OFF, CRASHED):
                await speaker.call(self.address.domain, "createWithFlags", START_PAUSED, seconds=60.0)

    async def start(self) -> None:
        await self.prepare()
        async with speaking(self.address.uri) as speaker:
            if await self._number(speaker) == PAUSED:
                await self._line_is_held(speaker)
                await speaker.call(self.address.domain, "resume")

    async def shut_down(self) -> None:
        await self._act("shutdown")

    async def power_off(self) -> None:
        async with speaking(self.address.uri) as speaker:
            if await self._number(speaker) != OFF:
                await speaker.call(self.address.domain, "destroyFlags", DESTROY_GRACEFUL, seconds=30.0)

    async def reset(self) -> None:
        async with speaking(self.address.uri) as speaker:
            await speaker.call(self.address.domain, "reset", 0)
            if await self._number(speaker) in (PAUSED, CRASHED):
                await speaker.call(self.address.domain, "resume")

    async def interrupt(self) -> None:
        await self._act("injectNMI", 0)

    async def press(self, keys: Sequence[str]) -> None:
        codes = keyboard.codes(keys)
        await self._act("sendKey", LINUX_KEYS, HOLD_MS, codes, len(codes), 0)

    async def screenshot(self) -> bytes:
        picture = base64.b64decode(await self._act("picture", seconds=PICTURE_SECONDS))
        if len(picture) > LARGEST:
            raise Failed(REFUSED, f"the picture has more than {LARGEST} bytes")
        return picture

    def agent(self) -> Agent:
        return LibvirtAgent(self.address)

    async def events(self) -> AsyncIterator[Event]:
        domain, reset_at = self.address.domain, 0.0
        async with speaking(self.address.uri) as speaker, speaker.watching(domain) as told:
            self.can = _abilities(await speaker.call(domain, "XMLDesc", 0))
            yield await self._seen(speaker)
            while not isinstance(said := await told.get(), Failed):
                if said["event"] == "lifecycle":
                    if said["number"] == EVENT_CRASHED:
                        yield Event(Seen.PANIC)
                    yield await self._seen(speaker)
                elif time.monotonic() - reset_at > ONE_RESET:
                    reset_at = time.monotonic()
                    yield Event(Seen.RESET)
            raise said

    async def _act(self, name: str, *arguments: Any, seconds: float = 10.0) -> Any:
        async with speaking(self.address.uri) as speaker:
            return await speaker.call(self.address.domain, name, *arguments, seconds=seconds)

    async def _number(self, speaker: Speaker) -> int:
        return int((await speaker.call(self.address.domain, "state"))[0])

    async def _seen(self, speaker: Speaker) -> Event:
        return Event(Seen.STATE, STATES.get(await self._number(speaker), State.UNKNOWN))

    async def _line_is_held(self, speaker: Speaker) -> None:
        end = time.monotonic() + FOR_A_CLIENT
        while time.monotonic() < end and not await speaker.call(self.address.domain, "attached"):
            await asyncio.sleep(LOOK)


def _abilities(xml: str) -> frozenset[Can]:
    devices = ElementTree.fromstring(xml).find("devices")  # noqa: S314  # the host's own words
    can = {Can.POWER, Can.NMI, Can.KEYS}
    if devices is not None and devices.find("video/model") is not None:
        can.add(Can.SCREEN)
    if devices is not None and devices.find(f"channel/target[@name='{CHANNEL}']") is not None:
        can.add(Can.AGENT)
    return frozenset(can)
