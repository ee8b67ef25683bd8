"""The file beside a serial port, to which a guest may print for ever."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from portal.machines.qemu import serial_log
from tests.machines.qemu.kinds import Holding, Machines


def test_of_a_log_that_is_too_long_its_end_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial_log, "LONGEST", 100)
    monkeypatch.setattr(serial_log, "KEPT", 10)
    path = tmp_path / "serial.log"
    serial_log.make(path)
    path.write_bytes(b"x" * 90 + b"0123456789")
    serial_log.shorten(path)
    assert path.stat().st_size == 100
    with path.open("ab") as qemu:
        qemu.write(b"!")
        qemu.flush()
        serial_log.shorten(path)
        assert path.read_bytes() == b"123456789!"
        qemu.write(b"and on")
    assert path.read_bytes() == b"123456789!and on"


@pytest.mark.guest
async def test_qemu_writes_on_after_it_was_shortened(
    small: Machines, line: Holding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_log, "LONGEST", 4000)
    monkeypatch.setattr(serial_log, "KEPT", 1000)
    monkeypatch.setattr(serial_log, "LOOKED", 0.05)
    machine = small()
    await machine.prepare()
    held = await line(machine)
    async with aclosing(machine.events()) as events:
        await anext(events)
        await machine.start()
        await anext(events)
        await held.until(b"login: ")
        async with asyncio.timeout(10):
            while not (kept := machine.spec.serial_log.read_bytes()).endswith(b"login: ") or len(kept) > 4000:
                await asyncio.sleep(0.05)
