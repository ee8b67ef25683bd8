"""A machine that a test holds in its hands: it says what it is told to, and counts what is asked of it."""

import asyncio
from collections.abc import AsyncIterator

from portal.machines.base import AGENT_SILENT, GONE, Agent, Can, Event, Facts, Failed, Machine, Seen, State


class FakeAgent(Agent):
    def __init__(self, machine: "FakeMachine") -> None:
        self.machine = machine

    async def facts(self) -> Facts:
        self.machine.asked_facts += 1
        if self.machine.facts is None:
            raise Failed(AGENT_SILENT)
        return self.machine.facts


class FakeMachine(Machine):
    can = frozenset({Can.POWER, Can.AGENT, Can.SCREEN})

    def __init__(self) -> None:
        self.now = State.RUNNING
        self.answers = True
        self.facts: Facts | None = Facts("Debian 12", "6.1", "web-1", (("eth0", "10.0.0.4"),))
        self.asked_facts = self.asked_state = self.opened = 0
        self._listeners: list[asyncio.Queue[Event | None]] = []

    async def state(self) -> State:
        self.asked_state += 1
        if not self.answers:
            raise Failed(GONE, "no such socket")
        return self.now

    def agent(self) -> Agent:
        return FakeAgent(self)

    async def screenshot(self) -> bytes:
        return b"\x89PNG fake"

    async def events(self) -> AsyncIterator[Event]:
        if not self.answers:
            raise Failed(GONE, "no such socket")
        self.opened += 1
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._listeners.append(queue)
        try:
            yield Event(Seen.STATE, self.now)
            while (event := await queue.get()) is not None:
                yield event
        finally:
            self._listeners.remove(queue)
        raise Failed(GONE, "closed")

    def becomes(self, state: State) -> None:
        self.now = state
        self.tells(Event(Seen.STATE, state))

    def tells(self, event: Event) -> None:
        for queue in self._listeners:
            queue.put_nowait(event)

    def vanishes(self) -> None:
        self.answers = False
        for queue in self._listeners:
            queue.put_nowait(None)
