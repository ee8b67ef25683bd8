"""Power of a machine that Homeport runs itself, on machines that run their firmware only."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from portal.machines.base import REFUSED, Can, Failed, State
from portal.machines.qemu import power
from portal.machines.qemu.managed import ManagedMachine
from tests.machines.qemu.kinds import Holding, Machines

Act = str | Callable[[ManagedMachine], Awaitable[None]]
pytestmark = pytest.mark.guest


async def test_it_is_deallocated_until_it_is_prepared_and_stopped_until_it_is_started(
    bare: Machines, line: Holding
) -> None:
    machine = bare()
    assert await machine.state() is State.DEALLOCATED
    await machine.prepare()
    await line(machine)
    assert await machine.state() is State.STOPPED
    await machine.start()
    assert await machine.state() is State.RUNNING


async def test_it_waits_for_its_line_to_be_held_before_it_runs(
    bare: Machines, line: Holding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(power, "LINE_HELD", 60.0)
    machine = bare()
    await machine.prepare()
    starting = asyncio.create_task(machine.start())
    done, _ = await asyncio.wait([starting], timeout=0.5)
    assert not done, "nobody holds the line yet"
    await line(machine)
    await asyncio.wait_for(starting, 30)


async def test_it_runs_after_three_seconds_where_nobody_holds_the_line(bare: Machines) -> None:
    machine = bare()
    began = time.monotonic()
    await machine.start()
    assert 2.5 < time.monotonic() - began < 20
    assert await machine.state() is State.RUNNING


async def test_it_is_the_same_process_and_line_through_power_off_start_and_reset(
    bare: Machines, line: Holding
) -> None:
    machine = bare()
    await machine.prepare()
    held = await line(machine)
    pid = machine.process.pid_file.read_text()
    await machine.start()
    await machine.power_off()
    assert await machine.state() is State.STOPPED
    await machine.start()
    await machine.reset()
    assert await machine.state() is State.RUNNING
    assert machine.process.pid_file.read_text() == pid
    assert not held._reader.at_eof()


async def test_starting_and_powering_off_twice_is_as_once(bare: Machines, line: Holding) -> None:
    machine = bare()
    await machine.prepare()
    await line(machine)
    await machine.start()
    await machine.start()
    await machine.power_off()
    await machine.power_off()
    assert await machine.state() is State.STOPPED


async def test_a_guest_that_ignores_shutting_down_goes_on(bare: Machines, line: Holding) -> None:
    machine = bare()
    await machine.prepare()
    await line(machine)
    await machine.start()
    began = time.monotonic()
    await machine.shut_down()
    assert time.monotonic() - began < 5, "whether it obeys is seen in its state"
    assert await machine.state() is State.RUNNING


@pytest.mark.parametrize(
    "act", ["reset", "interrupt", lambda machine: machine.press(["ctrl", "alt", "delete"])]
)
async def test_what_only_a_running_machine_can_do_is_refused_by_a_stopped_one(
    bare: Machines, act: Act
) -> None:
    machine = bare()
    do = act if callable(act) else lambda machine: getattr(machine, act)()
    for prepared in (False, True):
        if prepared:
            await machine.prepare()
        with pytest.raises(Failed) as failed:
            await do(machine)
        assert failed.value.code == REFUSED


async def test_nothing_of_a_deallocated_machine_is_left_but_its_disks_and_its_log(bare: Machines) -> None:
    machine = bare(disks=[{"path": "scratch.img", "temporary": True, "size": 1}])
    await machine.prepare()
    assert (machine.spec.run / "scratch.img").stat().st_size == 1024 * 1024
    await machine.deallocate()
    assert await machine.state() is State.DEALLOCATED
    assert {path.name for path in machine.spec.run.iterdir()} == {"machine.json", "qemu.lock", "serial.log"}


async def test_deallocating_what_is_deallocated_is_done_at_once(bare: Machines) -> None:
    machine = bare()
    await machine.deallocate()
    assert await machine.state() is State.DEALLOCATED


async def test_redeploying_makes_it_and_its_temporary_disk_anew(bare: Machines) -> None:
    machine = bare(disks=[{"path": "scratch.img", "temporary": True, "size": 1}])
    await machine.prepare()
    disk = machine.spec.run / "scratch.img"
    disk.write_bytes(b"x" * disk.stat().st_size)
    pid = machine.process.pid_file.read_text()
    await machine.redeploy()
    assert await machine.state() is State.STOPPED
    assert machine.process.pid_file.read_text() != pid
    assert disk.read_bytes().count(b"x") == 0


async def test_it_says_what_it_really_can(bare: Machines) -> None:
    plain, rich = bare("plain"), bare("rich", display=True, agent=True)
    assert plain.can == {Can.POWER, Can.DEALLOCATE, Can.REDEPLOY, Can.NMI, Can.KEYS}
    assert rich.can - plain.can == {Can.SCREEN, Can.AGENT}


async def test_whoever_runs_qemu_alone_reaches_its_sockets_and_its_log(bare: Machines) -> None:
    machine = bare()
    await machine.prepare()
    paths = [machine.spec.socket(name) for name in ("qmp", "events", "break", "serial")]
    assert {path.stat().st_mode & 0o022 for path in paths} == {0}
    assert machine.spec.serial_log.stat().st_mode & 0o077 == 0


async def test_whoever_reads_its_line_comes_before_it(bare: Machines) -> None:
    machine = bare()
    await machine.prepare()
    threads = Path(f"/proc/{machine.process.pid_file.read_text().strip()}/task").iterdir()
    behind = {os.getpriority(os.PRIO_PROCESS, int(thread.name)) for thread in threads}
    assert behind == {min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)}
