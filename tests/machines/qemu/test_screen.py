"""Pictures of a machine's display."""

import struct

import pytest

from portal.machines.base import CANNOT, REFUSED, Failed
from portal.machines.qemu import screen
from tests.machines.qemu.kinds import Holding, Machines

pytestmark = pytest.mark.guest


async def test_a_picture_is_a_png_and_leaves_nothing_behind(bare: Machines, line: Holding) -> None:
    machine = bare(display=True)
    await machine.prepare()
    await line(machine)
    await machine.start()
    before = set(machine.spec.run.iterdir())
    for _ in range(3):
        png = await machine.screenshot()
        assert png.startswith(screen.SIGNATURE)
        width, height = struct.unpack(">II", png[16:24])
        assert width >= 640
        assert height >= 400
    assert set(machine.spec.run.iterdir()) == before
    async with machine.monitor() as monitor:
        assert [one["fds"] for one in await monitor.ask("query-fdsets")] == [[]]


async def test_a_stopped_machine_has_a_picture_too(bare: Machines) -> None:
    machine = bare(display=True)
    await machine.prepare()
    assert (await machine.screenshot()).startswith(screen.SIGNATURE)


async def test_a_machine_without_a_display_says_so(bare: Machines) -> None:
    machine = bare()
    await machine.prepare()
    with pytest.raises(Failed) as failed:
        await machine.screenshot()
    assert failed.value.code == CANNOT


async def test_a_picture_that_is_too_large_is_refused(
    bare: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "LARGEST", 1000)
    machine = bare(display=True)
    await machine.prepare()
    with pytest.raises(Failed) as failed:
        await machine.screenshot()
    assert failed.value.code == REFUSED
