"""What is told of a machine that does something by itself, or that something was done to."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from portal.machines.base import BUSY, DIED, SILENT, Event, Failed, Seen, State
from portal.machines.qemu import following, qmp
from tests.machines.qemu.kinds import Holding, Machines

pytestmark = pytest.mark.guest
SOON = 10  # seconds


async def soon(events: AsyncIterator[Event]) -> Event:
    """The firmware of a bare machine resets it once more when it was reset in the middle of its own work."""
    async with asyncio.timeout(SOON):
        while (told := await anext(events)) == Event(Seen.RESET, text="guest-reset"):
            pass
    return told


async def test_it_begins_with_the_state_and_goes_on_through_stops_and_deallocation(
    bare: Machines, line: Holding
) -> None:
    machine = bare()
    async with aclosing(machine.events()) as events:
        assert await soon(events) == Event(Seen.STATE, State.DEALLOCATED)
        await machine.prepare()
        assert await soon(events) == Event(Seen.STATE, State.STOPPED)
        await line(machine)
        await machine.start()
        assert await soon(events) == Event(Seen.STATE, State.RUNNING)
        await machine.reset()
        assert await soon(events) == Event(Seen.RESET, text="host-qmp-system-reset")
        await machine.power_off()
        assert await soon(events) == Event(Seen.STATE, State.STOPPED)
        await machine.deallocate()
        assert await soon(events) == Event(Seen.STATE, State.DEALLOCATED)


async def test_it_ends_in_a_failure_when_qemu_died(bare: Machines) -> None:
    machine = bare()
    await machine.prepare()
    async with aclosing(machine.events()) as events:
        await soon(events)
        os.kill(int(machine.process.pid_file.read_text()), signal.SIGKILL)
        with pytest.raises(Failed) as failed:
            await soon(events)
        assert failed.value.code == DIED
    async with aclosing(machine.events()) as events:
        assert await soon(events) == Event(Seen.STATE, State.DEALLOCATED)
        await machine.prepare()
        assert await soon(events) == Event(Seen.STATE, State.STOPPED)


async def test_it_ends_in_a_failure_when_qemu_hangs(bare: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "ASKED", 0.2)
    monkeypatch.setattr(qmp.Monitor.ask, "__defaults__", (0.5,))
    machine = bare()
    await machine.prepare()
    async with aclosing(machine.events()) as events:
        await soon(events)
        os.kill(int(machine.process.pid_file.read_text()), signal.SIGSTOP)
        with pytest.raises(Failed) as failed:
            await soon(events)
        assert failed.value.code == SILENT
    os.kill(int(machine.process.pid_file.read_text()), signal.SIGCONT)


async def test_a_second_follower_is_told_that_there_is_one(
    bare: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qmp, "GREETING", 0.5)
    machine = bare()
    await machine.prepare()
    async with aclosing(machine.events()) as first, aclosing(machine.events()) as second:
        await soon(first)
        with pytest.raises(Failed) as failed:
            await soon(second)
        assert failed.value.code == BUSY


async def test_what_happens_again_and_again_before_it_is_taken_is_told_once(
    bare: Machines, line: Holding
) -> None:
    machine = bare()
    await machine.prepare()
    await line(machine)
    async with aclosing(machine.events()) as events:
        await soon(events)
        await machine.start()
        assert await soon(events) == Event(Seen.STATE, State.RUNNING)
        async with machine.monitor() as monitor:
            for _ in range(300):
                await monitor.ask("system_reset")
        await machine.power_off()
        told = [await soon(events)]
        while told[-1].state is not State.STOPPED:
            told.append(await soon(events))
        assert 0 < len(told) - 1 <= 3
