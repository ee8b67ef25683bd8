"""A domain of a real libvirt, through its driver: acts, events, and what happens when the host goes away."""

import asyncio
import os
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, cast

import pytest

from consoles.drivers.base import Endpoint
from portal.machines.base import AGENT_SILENT, CANNOT, GONE, REFUSED, SILENT, Can, Event, Failed, Seen, State
from portal.machines.libvirt.machine import LibvirtMachine
from portal.machines.libvirt.speaking import FOR_ALL, speaking
from portal.machines.opening import open_machine
from tests.machines.libvirt.conftest import NAME, TALKATIVE, printed
from tests.machines.libvirt.host import PVPANIC, Libvirtd

pytestmark = pytest.mark.guest

Make = Callable[..., LibvirtMachine]
Hold = Callable[..., Awaitable[Endpoint]]
STOPPED, RUNNING = Event(Seen.STATE, State.STOPPED), Event(Seen.STATE, State.RUNNING)


def told(machine: LibvirtMachine) -> AsyncGenerator[Event]:
    return cast("AsyncGenerator[Event]", machine.events())


async def heard(events: AsyncGenerator[Event], wanted: Event, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while await anext(events) != wanted:
            pass


async def state_is(machine: LibvirtMachine, wanted: State, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while await machine.state() is not wanted:
            await asyncio.sleep(0.05)


async def refusal(act: Awaitable[Any]) -> Failed:
    with pytest.raises(Failed) as raised:
        await act
    return raised.value


async def started(machine: LibvirtMachine, console: Hold) -> Endpoint:
    await machine.prepare()
    line = await console()
    await machine.start()
    await printed(line, b"login: ")
    return line


async def test_it_starts_for_whoever_holds_the_line_tells_its_states_and_obeys_its_power_button(
    domain: Make, console: Hold
) -> None:
    machine = domain()
    async with aclosing(told(machine)) as events:
        assert await anext(events) == STOPPED
        assert machine.can == {Can.POWER, Can.NMI, Can.KEYS, Can.SCREEN, Can.AGENT}
        await machine.prepare()
        assert await machine.state() is State.STOPPED
        line = await console()
        await machine.start()
        await heard(events, RUNNING)
        await printed(line, b"login: ")
        await machine.shut_down()
        await heard(events, STOPPED)
    assert b"Power down" in await printed(line, b"what a stopped domain does not print")
    assert (await refusal(machine.interrupt())).code == REFUSED
    await machine.power_off()


async def test_it_starts_without_a_hub_too_and_goes_off_at_once(domain: Make) -> None:
    machine = domain(devices="")
    async with asyncio.timeout(60):
        await machine.start()
        assert await machine.state() is State.RUNNING
        await machine.start()
        await machine.power_off()
    assert await machine.state() is State.STOPPED


async def test_nmi_keys_and_reset_reach_the_kernel(domain: Make, console: Hold) -> None:
    machine = domain(append=TALKATIVE)
    async with aclosing(told(machine)) as events:
        await anext(events)
        line = await started(machine, console)
        await machine.interrupt()
        assert b"NMI received for unknown reason" in await printed(line, b"Dazed and confused")
        await machine.press(["alt", "sysrq", "h"])
        await printed(line, b"sysrq: HELP")
        await machine.reset()
        await heard(events, Event(Seen.RESET))
        assert b"Linux version" in await printed(line, b"Linux version")


async def test_a_picture_of_the_display_is_a_png(domain: Make) -> None:
    machine = domain()
    await machine.start()
    picture = await machine.screenshot()
    assert re.match(rb"\x89PNG\r\n\x1a\n....IHDR", picture, re.DOTALL)
    assert len(picture) < 100_000


async def test_a_machine_without_display_and_agent_says_so(domain: Make) -> None:
    machine = domain(devices="")
    async with aclosing(told(machine)) as events:
        await anext(events)
        assert machine.can == {Can.POWER, Can.NMI, Can.KEYS}
    await machine.start()
    assert (await refusal(machine.screenshot())).code == REFUSED
    assert (await refusal(machine.agent().ping())).code == CANNOT


async def test_the_agent_answers_runs_and_hangs_up_the_login(domain: Make, console: Hold) -> None:
    machine = domain()
    agent = machine.agent()
    await machine.prepare()
    line = await console()
    await machine.start()
    assert (await refusal(agent.ping())).code == AGENT_SILENT
    await printed(line, b"login: ")
    await agent.ping()
    assert "Homeport small Linux" in (await agent.facts()).os_name
    ran = await agent.run("/bin/sh", ["-c", "cat; echo bad >&2; exit 3"], stdin=b"given")
    assert (ran.status, ran.out, ran.err) == (3, b"given", b"bad\n")
    await sign_in(line)
    assert await agent.hang_up("ttyS0") > 0
    await printed(line, b"login: ")


async def sign_in(line: Endpoint) -> None:
    for typed, awaited in ((b"root\n", b"Password: "), (b"homeport\n", b"# ")):
        os.write(line.fd, typed)
        await printed(line, awaited)


async def test_a_panic_is_told_and_a_reset_brings_the_domain_back(domain: Make, console: Hold) -> None:
    machine = domain(more=PVPANIC, append=TALKATIVE)
    line = await started(machine, console)
    async with aclosing(told(machine)) as events:
        assert await anext(events) == RUNNING
        await machine.press(["alt", "sysrq", "c"])
        await heard(events, Event(Seen.PANIC))
        await state_is(machine, State.STOPPED)
        await machine.reset()
        await heard(events, RUNNING)
        await printed(line, b"Linux version")


async def test_a_domain_or_a_host_that_is_not_there_is_gone(libvirtd: Libvirtd) -> None:
    nobody = await refusal(open_machine(libvirtd.url("nobody")).state())
    assert (nobody.code, "nobody" in nobody.reason) == (GONE, True)
    nowhere = open_machine(libvirtd.url(NAME).replace("libvirt-sock", "no-sock"))
    assert (await refusal(nowhere.state())).code == GONE
    assert (await refusal(anext(nowhere.events()))).code == GONE


async def test_a_libvirt_that_dies_is_gone_at_once_and_the_domain_is_there_when_it_is_back(
    libvirtd: Libvirtd, domain: Make
) -> None:
    machine = domain(devices="")
    await machine.start()
    async with aclosing(told(machine)) as events:
        assert await anext(events) == RUNNING
        libvirtd.kill()
        async with asyncio.timeout(10):
            assert (await refusal(heard(events, STOPPED))).code == GONE
        assert (await refusal(machine.reset())).code == GONE
    libvirtd.begin()
    await asyncio.sleep(FOR_ALL)
    assert await machine.state() is State.RUNNING


async def test_a_libvirt_that_stands_still_is_silent_and_answers_again(
    libvirtd: Libvirtd, domain: Make
) -> None:
    machine = domain(devices="")
    async with speaking(machine.address.uri) as speaker:
        with libvirtd.standing_still():
            assert (await refusal(speaker.call(NAME, "state", seconds=0.3))).code == SILENT
        assert await machine.state() is State.STOPPED


async def test_a_host_that_is_away_is_asked_once_for_all_its_domains(
    libvirtd: Libvirtd, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, begin = [], asyncio.create_subprocess_exec

    async def counting(*command: Any, **how: Any) -> Any:
        begun.append(command)
        return await begin(*command, **how)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", counting)
    away = libvirtd.url(NAME).replace("libvirt-sock", "no-sock")
    states = await asyncio.gather(*(open_machine(away).state() for _ in range(20)), return_exceptions=True)
    assert {getattr(one, "code", None) for one in states} == {GONE}
    assert len(begun) == 1


async def test_a_hundred_callers_share_one_child(domain: Make) -> None:
    machine = domain(devices="")
    async with aclosing(told(machine)) as events:
        await anext(events)
        assert await asyncio.gather(*(machine.state() for _ in range(100))) == [State.STOPPED] * 100
