"""A QEMU that somebody else runs, the way its documentation starts one."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest

from portal.lab.small import Small
from portal.machines.base import BAD_SPEC, CANNOT, DIED, GONE, REFUSED, Can, Event, Failed, Seen, State
from portal.machines.opening import open_machine
from portal.machines.qemu import following, sockets
from portal.machines.qemu.attached import AttachedMachine
from portal.machines.qemu.screen import SIGNATURE
from tests.machines.qemu.serial_line import SerialLine

pytestmark = pytest.mark.guest

Running = Callable[..., Awaitable[subprocess.Popen[bytes]]]
LISTENING = "00010000"  # the kernel's flag of a socket that takes connections
PLAIN = ["qemu-system-x86_64", "-accel", "tcg,tb-size=16", "-m", "16", "-nodefaults", "-display", "none"]


async def there(path: Path) -> None:
    async with asyncio.timeout(20):
        while f"{LISTENING} {path}" not in of_this_host():
            await asyncio.sleep(0.02)


def of_this_host() -> set[str]:
    """Flags and paths of its unix sockets: one that was only bound refuses whoever comes."""
    rows = (row.split() for row in Path("/proc/net/unix").read_text().splitlines()[1:])
    return {f"{row[3]} {row[7]}" for row in rows if len(row) > 7}


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="hpq-") as name:
        yield Path(name)


@pytest.fixture
async def qemu(folder: Path) -> AsyncIterator[Running]:
    """`await qemu(*arguments)` runs one with these monitors."""
    begun = []

    async def run(
        *arguments: str | Path, monitors: Sequence[str] = ("qmp", "events")
    ) -> subprocess.Popen[bytes]:
        qmp = [
            word for name in monitors for word in ("-qmp", f"unix:{folder}/{name}.sock,server=on,wait=off")
        ]
        begun.append(subprocess.Popen([*PLAIN, *qmp, *arguments]))
        for name in monitors:
            await there(folder / f"{name}.sock")
        return begun[-1]

    yield run
    for process in begun:
        process.kill()
        process.wait()


async def test_it_is_found_in_a_folder_and_by_its_sockets(qemu: Running, folder: Path) -> None:
    await qemu("-vga", "none")
    for url in (
        f"qemu+unix://{folder}",
        f"qemu+unix://?qmp={quote(str(folder))}/qmp.sock&events={folder}/events.sock",
    ):
        machine = open_machine(url)
        assert await machine.state() is State.RUNNING
        assert machine.can == {Can.POWER, Can.NMI, Can.KEYS}
        with pytest.raises(Failed) as failed:
            machine.agent()
        assert failed.value.code == CANNOT


async def test_power_leaves_the_process_alone(qemu: Running, folder: Path) -> None:
    process = await qemu("-vga", "none")
    machine = AttachedMachine(f"qemu+unix://{folder}")
    await machine.power_off()
    assert await machine.state() is State.STOPPED
    await machine.start()
    assert await machine.state() is State.RUNNING
    await machine.shut_down()
    await machine.reset()
    await machine.interrupt()
    await machine.press(["ctrl", "alt", "delete"])
    assert process.poll() is None
    for act in (machine.deallocate, machine.redeploy):
        with pytest.raises(Failed) as failed:
            await act()
        assert failed.value.code == CANNOT


async def test_a_guest_that_shut_down_in_order_can_be_started_again(
    qemu: Running, folder: Path, built_small: Small
) -> None:
    """Although this QEMU was started without -no-shutdown."""
    guest = ["-m", "96", "-kernel", built_small.kernel, "-initrd", built_small.initrd]
    serial = f"socket,id=serial0,path={folder}/serial.sock,server=on,wait=off"
    process = await qemu(
        "-vga",
        "none",
        *guest,
        "-append",
        "console=ttyS0 quiet",
        "-chardev",
        serial,
        "-serial",
        "chardev:serial0",
    )
    machine = AttachedMachine(f"qemu+unix://{folder}")
    held = await SerialLine.held(folder / "serial.sock")
    await held.until(b"login: ")
    async with aclosing(machine.events()) as events:
        await anext(events)
        await machine.shut_down()
        assert await asyncio.wait_for(anext(events), 30) == Event(Seen.STATE, State.STOPPED)
    assert process.poll() is None
    await machine.start()
    await held.until(b"login: ")
    held.close()


async def test_whether_it_has_a_display_is_learnt_by_asking(qemu: Running, folder: Path) -> None:
    await qemu("-vga", "std")
    machine = AttachedMachine(f"qemu+unix://{folder}")
    assert Can.SCREEN not in machine.can
    await machine.state()
    assert Can.SCREEN in machine.can
    assert (await machine.screenshot()).startswith(SIGNATURE)


async def test_what_it_does_is_told_as_it_happens(qemu: Running, folder: Path) -> None:
    process = await qemu("-vga", "none")
    machine = AttachedMachine(f"qemu+unix://{folder}")
    async with aclosing(machine.events()) as events:
        assert await asyncio.wait_for(anext(events), 10) == Event(Seen.STATE, State.RUNNING)
        await machine.power_off()
        assert await asyncio.wait_for(anext(events), 10) == Event(Seen.STATE, State.STOPPED)
        process.terminate()
        with pytest.raises(Failed) as failed:
            await asyncio.wait_for(anext(events), 10)
        assert failed.value.code == DIED


async def test_one_with_a_single_monitor_is_asked_now_and_then(
    qemu: Running, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "POLLED", 0.1)
    process = await qemu("-vga", "none", monitors=("qmp",))
    machine = AttachedMachine(f"qemu+unix://{folder}")
    async with aclosing(machine.events()) as events:
        assert await asyncio.wait_for(anext(events), 10) == Event(Seen.STATE, State.RUNNING)
        await machine.power_off()
        assert await asyncio.wait_for(anext(events), 10) == Event(Seen.STATE, State.STOPPED)
        process.terminate()
        with pytest.raises(Failed) as failed:
            await asyncio.wait_for(anext(events), 10)
        assert failed.value.code in (DIED, GONE)


async def test_a_socket_that_is_gone_or_that_nobody_serves_is_told_of(qemu: Running, folder: Path) -> None:
    machine = AttachedMachine(f"qemu+unix://{folder}")
    for _ in range(2):
        for act in (machine.state, machine.start, machine.power_off, machine.reset):
            with pytest.raises(Failed) as failed:
                await act()
            assert failed.value.code == GONE
        process = await qemu("-vga", "none")
        process.kill()  # which leaves its sockets behind
        process.wait()


async def test_what_is_no_monitor_is_told_of(folder: Path) -> None:
    async def chatter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP\r\n")
        await reader.read()
        writer.close()

    async with await asyncio.start_unix_server(chatter, folder / "qmp.sock"):
        with pytest.raises(Failed) as failed:
            await open_machine(f"qemu+unix://{folder}").state()
        assert failed.value.code == REFUSED


@pytest.mark.parametrize(
    "url",
    [
        "qemu+unix://host/dir",
        "qemu+unix://relative",
        "qemu+unix://?events=/run/e.sock",
        "qemu+unix://?qmp=relative.sock",
        "qemu+unix://?qmp=/run/q.sock&password=x",
        "qemu+unix:///run/vm?qmp=/run/q.sock",
        "qemu+unix:///" + "x" * sockets.LONGEST,
    ],
)
def test_a_url_that_says_nothing_is_told_of(url: str) -> None:
    with pytest.raises(Failed) as failed:
        open_machine(url)
    assert failed.value.code == BAD_SPEC
    assert failed.value.reason
