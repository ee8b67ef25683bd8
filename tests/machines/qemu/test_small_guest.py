"""Acts as a real Linux sees them."""

import asyncio
import time
from contextlib import aclosing

import pytest

from portal.machines.base import REFUSED, Failed, Seen, State
from portal.machines.qemu.managed import ManagedMachine
from tests.machines.qemu.kinds import Holding, Machines
from tests.machines.qemu.serial_line import SerialLine

pytestmark = pytest.mark.guest


async def running(machine: ManagedMachine, line: Holding) -> SerialLine:
    await machine.prepare()
    held = await line(machine)
    await machine.start()
    return held


async def until(machine: ManagedMachine, state: State, patience: float = 30) -> None:
    async with asyncio.timeout(patience):
        while await machine.state() is not state:
            await asyncio.sleep(0.1)


async def test_it_shuts_down_in_order_and_starts_again_on_the_same_line(
    small: Machines, line: Holding
) -> None:
    machine = small()
    held = await running(machine, line)
    await held.until(b"login: ")
    await machine.shut_down()
    await until(machine, State.STOPPED)
    await machine.start()
    await held.until(b"Linux version")
    assert await machine.state() is State.RUNNING


async def test_its_kernel_sees_the_interrupt_and_panics_if_it_was_told_to(
    small: Machines, line: Holding
) -> None:
    machine = small(append="unknown_nmi_panic=1")
    held = await running(machine, line)
    await held.until(b"login: ")
    async with aclosing(machine.events()) as events:
        assert (await anext(events)).state is State.RUNNING
        await machine.interrupt()
        told = await asyncio.wait_for(anext(events), 2)
        assert told.kind is Seen.PANIC
    await held.until(b"Kernel panic - not syncing: NMI")
    await machine.reset()
    await held.until(b"Linux version")


async def test_keys_of_its_keyboard_reach_it(small: Machines, line: Holding) -> None:
    machine = small(append="sysrq_always_enabled=1")
    held = await running(machine, line)
    await held.until(b"login: ")
    await machine.press(["alt", "sysrq", "h"])
    await held.until(b"sysrq: HELP")
    async with aclosing(machine.events()) as events:
        await anext(events)
        await machine.press(["ctrl", "alt", "delete"])
        told = await asyncio.wait_for(anext(events), 20)
        assert (told.kind, told.text) == (Seen.RESET, "guest-reset")


async def test_a_key_that_no_keyboard_has_is_refused_in_qemus_words(small: Machines, line: Holding) -> None:
    machine = small()
    await running(machine, line)
    with pytest.raises(Failed) as failed:
        await machine.press(["any"])
    assert failed.value.code == REFUSED
    assert "any" in failed.value.reason


async def test_what_it_printed_is_in_its_log_through_stops_and_redeployment(
    small: Machines, line: Holding
) -> None:
    machine = small()
    for _ in range(2):
        held = await running(machine, line)
        await held.until(b"Linux version")
        await machine.redeploy()
    assert machine.spec.serial_log.read_bytes().count(b"Linux version") == 2


async def test_a_machine_without_agent_answers_nobody_within_its_time(small: Machines, line: Holding) -> None:
    """The channel is there, and nothing in the guest opened it."""
    machine = small(agent=True, append="quiet")
    await machine.prepare()
    began = time.monotonic()
    with pytest.raises(Failed, match="agent_silent"):
        await machine.agent().ping()
    assert time.monotonic() - began < 15
