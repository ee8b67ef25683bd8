"""SysRq keys for a machine, as an act on it asks for them: by its line, or with the reason why not."""

import pytest

from consoles.hub.spec import LineSpec
from consoles.sysrq import send_sysrq
from consoles.threads import in_thread
from portal.fleet.operations import lines
from portal.fleet.services.switches import switch_port
from portal.machines.base import CANNOT, GONE, Failed
from tests.consoles.hub.support import MIB, Device, until
from tests.consoles.live.conftest import Stage
from tests.consoles.monitor import Monitor
from tests.world import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)


async def test_the_line_of_a_machine_gets_a_break_and_a_letter_each(stage: Stage) -> None:
    port = await in_thread(stage.world.vm.ports.get)
    monitor = await Monitor(stage.host.folder / "break.sock").start()
    device = await Device(stage.host.folder / "vm.sock").start()
    stage.host.devices.append(device)
    url = f"unix://{device.path}?qmp={monitor.path}"
    await stage.host.hub.want([LineSpec(str(port.line_id), url, "web-1", MIB)])
    await until(device.connected.is_set)
    await in_thread(send_sysrq, stage.world.vm, "hb", 0)
    await device.hears(b"hb")
    assert monitor.breaks == 2
    await monitor.stop()


async def test_a_line_without_a_break_cannot(stage: Stage) -> None:
    device = await stage.attach_device()
    with pytest.raises(Failed) as failed:
        await in_thread(send_sysrq, stage.world.vm, "b", 0)
    assert failed.value.code == CANNOT
    assert bytes(device.heard) == b""


async def test_a_machine_whose_port_is_off_cannot(stage: Stage) -> None:
    await in_thread(lambda: switch_port(by=SYSTEM, port=stage.world.vm.ports.get(), enabled=False))
    with pytest.raises(Failed) as failed:
        await in_thread(send_sysrq, stage.world.vm, "b", 0)
    assert failed.value.code == CANNOT


async def test_a_line_that_no_hub_holds_is_gone(stage: Stage) -> None:
    with pytest.raises(Failed) as failed:
        await in_thread(send_sysrq, stage.world.vm, "b", 0)
    assert failed.value.code == GONE


def test_acts_on_machines_know_the_way() -> None:
    assert lines.send_sysrq is send_sysrq
