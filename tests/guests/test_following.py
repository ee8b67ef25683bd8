"""A real guest, followed: what it does by itself and what is done to it, as it is written down."""

import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from portal.fleet.following import facts, screens
from portal.fleet.following.database import once
from portal.fleet.models import GuestFacts, Screenshot, Sighting
from portal.machines.base import Failed
from portal.machines.opening import open_machine
from portal.machines.qemu.managed import ManagedMachine
from tests.fleet.following import Stage
from tests.world import World

pytestmark = [pytest.mark.guest, pytest.mark.django_db(transaction=True)]
SOON = 10.0


class GuestStage(Stage):
    machine: ManagedMachine
    patience = 90.0  # a guest that has no core to itself starts slowly


@pytest_asyncio.fixture
async def stage(
    world: World, make_small: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[GuestStage]:
    monkeypatch.setattr(facts, "SOON", 1.0)
    monkeypatch.setattr(screens, "AFTER", (1.0, 4.0))
    url = f"qemu://{make_small('web-1', agent=True, display=True, append='unknown_nmi_panic=1')}"
    machine = open_machine(url)
    assert isinstance(machine, ManagedMachine)
    made = GuestStage(world.vm)
    made.machine = machine
    await once(made.put, machine_url=url, power_state="unknown")
    try:
        yield made
    finally:
        await made.close()
        with suppress(Failed):
            await machine.deallocate()


async def test_what_becomes_of_a_guest_is_written_as_it_happens(stage: GuestStage) -> None:
    await stage.follow()
    await stage.until(stage.power, "deallocated")
    await stage.machine.prepare()
    await stage.until(stage.power, "stopped")
    await stage.machine.start()
    await stage.until(stage.power, "running")
    assert (await once(stage.row)).machine_can == sorted(one.value for one in stage.machine.can)
    await stage.until(lambda: GuestFacts.objects.filter(answered_at__isnull=False).count(), 1)
    assert (await once(GuestFacts.objects.get)).host_name == "web-1"
    await stage.until(Screenshot.objects.count, 1)
    assert bytes((await once(Screenshot.objects.get)).png).startswith(b"\x89PNG")

    began = time.monotonic()
    await stage.machine.interrupt()
    await stage.until(stage.trouble, "panic")
    assert time.monotonic() - began < SOON
    await stage.machine.reset()
    await stage.until(stage.trouble, "")
    await stage.machine.power_off()
    await stage.until(stage.power, "stopped")
    await stage.machine.deallocate()
    await stage.until(stage.power, "deallocated")
    assert await once(Sighting.objects.count) == 1
    health = await once(stage.health)
    assert [state for state in health if state != "Unavailable"] == ["Available", "Degraded", "Available"]


async def test_a_qemu_that_dies_is_seen_to_and_followed_again_when_it_is_back(stage: GuestStage) -> None:
    await stage.machine.start()
    await stage.follow()
    await stage.until(stage.power, "running")
    os.kill(int(stage.machine.process.pid_file.read_text()), 9)
    await stage.until(stage.power, "deallocated")
    await stage.machine.start()
    await stage.until(stage.power, "running")
