"""What goes wrong with a machine that Homeport runs itself: each a clear Failed within its time, nothing left running."""

import asyncio
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.machines.base import BAD_SPEC, BUSY, CANNOT, DIED, GONE, REFUSED, SILENT, Failed, State
from portal.machines.qemu import arguments, process, qmp
from portal.machines.qemu.managed import ManagedMachine
from tests.machines.qemu.kinds import Holding, Machines

pytestmark = pytest.mark.guest


@contextmanager
def failing(code: str, within: float = 10) -> Iterator[pytest.ExceptionInfo[Failed]]:
    began = time.monotonic()
    with pytest.raises(Failed) as failed:
        yield failed
    assert failed.value.code == code
    assert failed.value.reason
    assert time.monotonic() - began < within


def kill(machine: ManagedMachine, how: int = signal.SIGKILL) -> None:
    os.kill(int(machine.process.pid_file.read_text()), how)


async def killed(machine: ManagedMachine) -> None:
    kill(machine)
    assert await machine.process.ended(5)


async def test_a_process_that_was_killed_fails_what_is_asked_of_it_and_is_started_like_any_other(
    bare: Machines,
) -> None:
    machine = bare()
    await machine.prepare()
    await killed(machine)
    assert await machine.state() is State.DEALLOCATED
    for act in (machine.reset, machine.shut_down, machine.power_off, machine.screenshot):
        with failing(DIED):
            await act()
    await machine.prepare()
    assert await machine.state() is State.STOPPED


async def test_a_process_that_was_killed_can_be_deallocated(bare: Machines) -> None:
    machine = bare()
    await machine.prepare()
    await killed(machine)
    await machine.deallocate()
    assert await machine.state() is State.DEALLOCATED
    assert not list(machine.spec.run.glob("*.sock"))


async def test_a_process_that_was_asked_to_end_by_others_is_deallocated(bare: Machines) -> None:
    machine = bare()
    await machine.prepare()
    kill(machine, signal.SIGTERM)
    assert await machine.process.ended(5)
    assert await machine.state() is State.DEALLOCATED


async def test_qemu_dying_in_the_middle_of_an_act_is_a_failure_at_once(bare: Machines, line: Holding) -> None:
    machine = bare()
    await machine.prepare()
    starting = asyncio.create_task(machine.start())
    await asyncio.wait([starting], timeout=0.5)  # it waits for its line
    kill(machine)
    with failing(DIED):
        await starting


async def test_sockets_that_are_gone_are_told_of_and_redeploying_brings_them_back(bare: Machines) -> None:
    machine = bare()
    await machine.prepare()
    machine.spec.socket("qmp").unlink()
    with failing(GONE):
        await machine.state()
    with failing(GONE):
        await machine.start()
    await machine.redeploy()
    assert await machine.state() is State.STOPPED


async def test_a_monitor_that_another_client_holds_is_waited_for_so_long_and_no_longer(
    bare: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qmp, "GREETING", 0.5)
    machine = bare()
    await machine.prepare()
    async with machine.monitor():
        with failing(BUSY):
            await machine.state()
    assert await machine.state() is State.STOPPED


async def test_acts_at_the_same_time_take_turns_at_the_monitor(bare: Machines) -> None:
    machine = bare()
    await machine.prepare()
    assert await asyncio.gather(*(machine.state() for _ in range(10))) == [State.STOPPED] * 10


async def test_more_clients_than_the_monitor_lets_wait_are_told_so(
    bare: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qmp, "GREETING", 0.5)
    machine = bare()
    await machine.prepare()
    queue = []
    try:
        with pytest.raises(BlockingIOError):
            for _ in range(1000):
                queue.append(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK))
                queue[-1].connect(str(machine.spec.socket("qmp")))
        with failing(BUSY):
            await machine.state()
    finally:
        for sock in queue:
            sock.close()
    assert await machine.state() is State.STOPPED


async def test_a_qemu_that_hangs_fails_what_is_asked_and_is_ended_by_power_off(
    bare: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qmp, "GREETING", 0.5)
    monkeypatch.setattr(process, "ENDED", 0.5)
    machine = bare()
    await machine.prepare()
    kill(machine, signal.SIGSTOP)
    with failing(BUSY):
        await machine.reset()
    await machine.power_off()
    assert await machine.state() is State.STOPPED


async def test_a_qemu_that_hangs_while_it_is_asked_fails_within_the_answers_time(bare: Machines) -> None:
    machine = bare()
    await machine.prepare()
    async with machine.monitor() as monitor:
        kill(machine, signal.SIGSTOP)
        with failing(SILENT):
            await monitor.ask("query-status", 1.0)
        kill(machine, signal.SIGCONT)


async def test_what_qemu_says_of_a_disk_that_is_missing_is_passed_on(bare: Machines) -> None:
    machine = bare(disks=[{"path": "missing.img"}])
    with failing(REFUSED) as failed:
        await machine.prepare()
    assert "missing.img" in failed.value.reason
    assert "No such file" in failed.value.reason
    assert await machine.state() is State.DEALLOCATED


async def test_a_folder_that_nothing_can_be_written_to_is_told_of(bare: Machines) -> None:
    machine = bare(run="machine.json/run")
    with failing(REFUSED) as failed:
        await machine.prepare()
    assert "Not a directory" in failed.value.reason


async def test_a_disk_that_another_machine_uses_is_refused(bare: Machines) -> None:
    first, second = (
        bare("first", disks=[{"path": "../one.img"}]),
        bare("second", disks=[{"path": "../one.img"}]),
    )
    (first.spec.run / "../one.img").write_bytes(b"\0" * 65536)
    await first.prepare()
    with failing(REFUSED) as failed:
        await second.prepare()
    assert "lock" in failed.value.reason


async def test_a_host_without_qemu_says_so(bare: Machines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arguments, "PROGRAM", "qemu-system-nothing")
    with failing(CANNOT):
        await bare().prepare()


SLOW = """#!/bin/sh
if [ "$BACKGROUND" ]; then
    while [ "$1" != -pidfile ]; do shift; done
    echo $$ > "$2"
    while :; do sleep 0.1; done
fi
BACKGROUND=yes setsid "$0" "$@" &
wait
"""


async def test_a_qemu_that_is_not_ready_in_time_is_not_left_running(
    bare: Machines, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow = tmp_path / "qemu"
    slow.write_text(SLOW)
    slow.chmod(0o755)
    monkeypatch.setattr(arguments, "PROGRAM", str(slow))
    monkeypatch.setattr(process, "STARTED", 0.5)
    machine = bare()
    with failing(SILENT):
        await machine.prepare()
    assert machine.process.pid_file.exists(), "it had gone to the background"
    assert not machine.process.alive


async def test_a_number_that_now_belongs_to_somebody_else_is_left_alone(bare: Machines) -> None:
    machine = bare()
    other = subprocess.Popen(["sleep", "60"])
    try:
        machine.process.pid_file.write_text(f"{other.pid}\n")
        await machine.deallocate()
        assert other.poll() is None
        machine.process.pid_file.write_text(f"{other.pid}\n")
        await machine.prepare()
        assert other.poll() is None
        assert await machine.state() is State.STOPPED
    finally:
        other.kill()
        other.wait()


PREPARE = """
import asyncio, sys
from portal.machines.qemu.managed import ManagedMachine
asyncio.run(ManagedMachine(sys.argv[1]).prepare())
"""


async def test_two_processes_that_start_it_at_once_start_one_qemu(bare: Machines) -> None:
    machine = bare()
    url = f"qemu://{machine.spec.run}/machine.json"
    both = [subprocess.Popen([sys.executable, "-c", PREPARE, url]) for _ in range(2)]
    assert [await asyncio.to_thread(one.wait, 20) for one in both] == [0, 0]
    found = subprocess.run(
        ["pgrep", "-fc", f"^{arguments.PROGRAM} .*{machine.spec.run}/"], capture_output=True, text=True
    )
    assert found.stdout.strip() == "1"
    assert await machine.state() is State.STOPPED


async def test_it_outlives_whoever_started_it(bare: Machines) -> None:
    machine = bare()
    url = f"qemu://{machine.spec.run}/machine.json"
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", PREPARE, url], check=True)
    assert await machine.state() is State.STOPPED
    pid = int(machine.process.pid_file.read_text())
    assert os.getsid(pid) != os.getsid(0)


async def test_whoever_finds_another_starting_it_for_too_long_gives_up(
    bare: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "ALONE", 0.3)
    machine = bare()
    with (machine.spec.run / process.LOCK_FILE).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for act in (machine.prepare, machine.start, machine.deallocate, machine.redeploy):
            with failing(BUSY):
                await act()


def test_a_specification_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    for url in (f"qemu://{tmp_path}/none.json", "qemu://host/machine.json", "qemu:///machine.json?x=1"):
        with failing(BAD_SPEC):
            ManagedMachine(url)


def test_a_folder_whose_sockets_no_kernel_takes_is_told_of(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    (folder / "machine.json").write_text(json.dumps({"memory": 16}))
    with failing(BAD_SPEC) as failed:
        ManagedMachine(f"qemu://{folder}/machine.json")
    assert "107" in failed.value.reason
