"""The follower of a host's machines, with machines that the test holds in its hands and a database that is real."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from django.db import OperationalError
from django.utils import timezone

from portal.fleet.following import database, facts, host, machine, screens, scribe
from portal.fleet.following.database import once
from portal.fleet.following.rows import Row, followed
from portal.fleet.models import (
    GuestFacts,
    Operation,
    Screenshot,
    Sighting,
    VirtualMachine,
)
from portal.machines.base import Can, Event, Facts, Seen, State
from tests.fleet.fake_machine import FakeMachine
from tests.fleet.following import PATIENCE, Stage
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


class FakeStage(Stage):
    def __init__(self, vm: VirtualMachine) -> None:
        super().__init__(vm)
        self.machine = FakeMachine()


@pytest_asyncio.fixture
async def stage(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeStage]:
    for module, name in [(machine, "FIRST"), (machine, "POLL"), (scribe, "HELD"), (database, "AGAIN")]:
        monkeypatch.setattr(module, name, 0.05)
    made = FakeStage(world.vm)
    await once(made.put, machine_url="fake://web-1", power_state="unknown")
    monkeypatch.setattr(machine, "open_machine", lambda url: made.machine)
    yield made
    await made.close()


async def test_it_follows_what_is_a_machine_on_this_host_and_nothing_else(
    stage: FakeStage, world: World
) -> None:
    assert [row.name for row in await once(followed, "local")] == ["web-1"]
    assert await once(followed, "rack-2") == []
    await once(stage.put, provisioning_state="Deleting")
    assert await once(followed, "local") == []


async def test_it_writes_what_the_machine_is_and_what_it_can_do(stage: FakeStage) -> None:
    await stage.follow()
    await stage.until(stage.power, "running")
    vm = await once(stage.row)
    assert vm.machine_can == ["agent", "power", "screen"]
    assert vm.state_changed_at
    stage.machine.becomes(State.STOPPED)
    await stage.until(stage.power, "stopped")
    await stage.until(stage.health, ["Available", "Unavailable"])


async def test_a_machine_that_nobody_answers_for_is_unknown_until_it_is_back(stage: FakeStage) -> None:
    await stage.follow()
    await stage.until(stage.power, "running")
    stage.machine.vanishes()
    await stage.until(stage.power, "unknown")
    stage.machine.answers = True
    await stage.until(stage.power, "running")
    assert await once(stage.health) == ["Available", "Unknown", "Available"]


async def test_what_a_machine_can_do_is_known_once_it_answers(stage: FakeStage) -> None:
    stage.machine.answers, stage.machine.can = False, frozenset({Can.POWER})
    await stage.follow()
    await stage.until(lambda: stage.row().machine_can, ["power"])
    stage.machine.answers, stage.machine.can = True, frozenset({Can.POWER, Can.NMI})
    await stage.until(lambda: stage.row().machine_can, ["nmi", "power"])


async def test_a_panic_is_seen_and_a_reset_ends_it(stage: FakeStage) -> None:
    await stage.follow()
    await stage.until(stage.power, "running")
    stage.machine.tells(Event(Seen.PANIC))
    await stage.until(stage.trouble, "panic")
    await stage.until(stage.health, ["Available", "Degraded"])
    stage.machine.tells(Event(Seen.RESET))
    await stage.until(stage.trouble, "")
    assert await once(stage.health) == ["Available", "Degraded", "Available"]
    assert await once(Sighting.objects.count) == 1


async def test_a_start_ends_what_was_wrong_before_and_the_followers_own_start_does_not(
    stage: FakeStage,
) -> None:
    await once(stage.put, trouble="emergency", trouble_at=timezone.now() - timedelta(hours=1))
    await stage.follow()
    await stage.until(stage.power, "running")
    assert await once(stage.trouble) == "emergency"
    stage.machine.becomes(State.STOPPED)
    await stage.until(stage.power, "stopped")
    stage.machine.becomes(State.RUNNING)
    await stage.until(stage.trouble, "")


async def test_an_operation_says_what_the_machine_is_while_it_is_under_way(stage: FakeStage) -> None:
    await stage.follow()
    await stage.until(stage.power, "running")
    operation = await once(stage.operation)
    await once(stage.put, power_state="stopping")
    stage.machine.becomes(State.STOPPED)
    stage.machine.tells(Event(Seen.PANIC))
    await stage.until(stage.trouble, "panic")
    assert await once(stage.power) == "stopping"
    stage.machine.now = State.RUNNING  # of which no event was heard: it is looked at anew
    await once(Operation.objects.filter(id=operation.id).update, state="succeeded")
    await stage.until(stage.power, "running")


async def test_what_somebody_else_wrote_is_put_right(stage: FakeStage) -> None:
    await stage.follow()
    await stage.until(stage.power, "running")
    await once(stage.put, power_state="starting")
    await stage.follow()
    await stage.until(stage.power, "running")


async def test_a_machine_that_is_gone_is_tried_at_once_when_its_row_says_it_starts(
    stage: FakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "FIRST", 60.0)
    stage.machine.answers = False
    await stage.follow()
    await stage.until(lambda: stage.machine.asked_state > 0)
    stage.machine.answers = True
    await once(stage.put, power_state="starting")
    await stage.follow()
    await stage.until(stage.power, "running")
    assert stage.machine.opened == 1


async def test_what_happened_while_the_database_was_away_is_written_afterwards(
    stage: FakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.follow()
    await stage.until(stage.power, "running")
    real, away = scribe.record_state, [OperationalError("no such host")] * 3

    def sometimes(**fields: Any) -> bool:
        if away:
            raise away.pop()
        return real(**fields)

    monkeypatch.setattr(scribe, "record_state", sometimes)
    stage.machine.becomes(State.STOPPED)
    await stage.until(stage.power, "stopped")
    assert away == []


async def test_it_lets_go_of_a_machine_that_was_removed_or_moved(stage: FakeStage) -> None:
    await stage.follow()
    await stage.until(stage.power, "running")
    await once(stage.put, host="rack-2")
    await stage.follow()
    assert len(stage.host) == 0
    stage.machine.becomes(State.STOPPED)
    assert await once(stage.power) == "running"


async def test_a_fault_in_a_driver_costs_its_own_machine_and_that_one_for_a_while(
    stage: FakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host, "LONGEST", 0.05)
    faults = iter([ZeroDivisionError("a fault")])
    real = stage.machine.events

    def events() -> Any:
        for fault in faults:
            raise fault
        return real()

    monkeypatch.setattr(stage.machine, "events", events)
    await stage.follow()
    await stage.until(stage.power, "running")


async def test_facts_are_asked_for_and_written_when_they_are_others(
    stage: FakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "SOON", 0.02)
    monkeypatch.setattr(facts, "EVERY", 0.02)
    await stage.follow()
    await stage.until(lambda: stage.machine.asked_facts > 2)
    first = await once(GuestFacts.objects.get)
    assert (first.os_name, first.addresses) == ("Debian 12", [["eth0", "10.0.0.4"]])
    await stage.until(lambda: stage.machine.asked_facts > 4)
    assert (await once(GuestFacts.objects.get)).asked_at == first.asked_at
    stage.machine.facts = Facts("Debian 13\x00\x1b[2J" + "x" * 500)
    await stage.until(lambda: GuestFacts.objects.get().os_name[:12], "Debian 13[2J")
    stage.machine.facts = None
    await stage.until(lambda: GuestFacts.objects.get().asked_at > GuestFacts.objects.get().answered_at)


async def test_pictures_are_taken_after_a_change_where_the_vm_keeps_diagnostics(
    stage: FakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "AFTER", (0.01, 0.01))
    await once(stage.put, boot_diagnostics=False)
    await stage.follow()
    await stage.until(stage.power, "running")
    await once(stage.put, boot_diagnostics=True)
    await stage.follow()
    assert await once(Screenshot.objects.count) == 0
    stage.machine.tells(Event(Seen.RESET))
    await stage.until(lambda: Screenshot.objects.count() == 1)
    assert bytes((await once(Screenshot.objects.get)).png) == b"\x89PNG fake"


async def test_a_thousand_machines_are_opened_a_few_at_a_time(
    stage: FakeStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_now = most = 0

    class Slow(FakeMachine):
        async def state(self) -> State:
            nonlocal open_now, most
            open_now += 1
            most = max(most, open_now)
            await asyncio.sleep(0)
            open_now -= 1
            return State.RUNNING

    slow = Slow()
    slow.answers = False
    monkeypatch.setattr(machine, "open_machine", lambda url: slow)
    monkeypatch.setattr(machine, "FIRST", 60.0)
    monkeypatch.setattr(scribe, "record_state", lambda **fields: True)
    await stage.host.want([Row(10_000 + n, f"m{n}", "fake://", "running", True) for n in range(1000)])
    ending = time.monotonic() + PATIENCE
    while any(kept.followed.notes.state is None for kept in stage.host._kept.values()):
        assert time.monotonic() < ending
        await asyncio.sleep(0.01)
    assert most <= 32
