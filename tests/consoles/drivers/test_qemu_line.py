"""A serial port of a QEMU that really runs, though nothing runs in it: its monitor makes the break, and says why it does not."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from consoles.drivers.base import Endpoint, Host, Trouble
from consoles.drivers.opening import open_endpoint
from consoles.drivers.qemu_line import QemuLine

pytestmark = pytest.mark.guest
PATIENCE = 20.0


class Qemu:
    def __init__(self, folder: Path) -> None:
        self.serial, self.monitor = folder / "serial.sock", folder / "break.sock"
        self.process = subprocess.Popen(
            [
                *(
                    "qemu-system-x86_64",
                    "-accel",
                    "tcg,tb-size=16",
                    "-m",
                    "16",
                    "-S",
                    "-nodefaults",
                    "-display",
                    "none",
                ),
                *("-qmp", f"unix:{self.monitor},server=on,wait=off"),
                *("-chardev", f"socket,id=serial0,path={self.serial},server=on,wait=off"),
                *("-serial", "chardev:serial0"),
            ]
        )

    def url(self, chardev: str = "serial0") -> str:
        return f"unix://{self.serial}?qmp={self.monitor}&chardev={chardev}"

    def wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while not (self.serial.exists() and self.monitor.exists()):
            assert time.monotonic() < end
            assert self.process.poll() is None
            time.sleep(0.01)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def qemu() -> Iterator[Qemu]:
    if not shutil.which("qemu-system-x86_64"):
        pytest.skip("there is no qemu-system-x86_64")
    with tempfile.TemporaryDirectory(prefix="hpb-") as folder:
        made = Qemu(Path(folder))
        try:
            made.wait()
            yield made
        finally:
            made.stop()


async def opened(url: str) -> Endpoint:
    line = await open_endpoint(url, Host())
    assert isinstance(line, QemuLine)
    assert line.can.breaks
    return line


async def test_its_monitor_makes_the_break_as_often_as_it_is_asked(qemu: Qemu) -> None:
    line = await opened(qemu.url())
    for _ in range(3):
        await line.send_break(0.3)
    line.close()


async def test_what_it_refuses_is_told_in_its_own_words(qemu: Qemu) -> None:
    line = await opened(qemu.url("nope"))
    with pytest.raises(Trouble) as raised:
        await line.send_break(0.3)
    assert (raised.value.code, raised.value.reason) == ("failed", "Chardev 'nope' not found")
    line.close()


async def test_a_qemu_that_is_gone_breaks_nothing(qemu: Qemu) -> None:
    line = await opened(qemu.url())
    qemu.stop()
    with pytest.raises(Trouble) as raised:
        await line.send_break(0.3)
    assert raised.value.code == "unreachable"
    line.close()


async def test_a_monitor_that_serves_somebody_else_is_not_waited_for_long(
    qemu: Qemu, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consoles.drivers.qemu_line.PATIENCE", 0.3)
    line = await opened(qemu.url())
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(str(qemu.monitor))
        assert other.recv(1)
        with pytest.raises(Trouble) as raised:
            await line.send_break(0.3)
    assert raised.value.code == "timeout"
    line.close()
