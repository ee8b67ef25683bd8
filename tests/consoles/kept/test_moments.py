"""What happened between the lines: everything of this machine and port, in its place, and nothing of another."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from accounts import actions, audit, principals
from consoles.kept.moments import Kind, Moment, moments
from consoles.models import ConsoleSession
from portal.fleet.models import HealthEvent, Operation, Sighting, VirtualMachine
from portal.fleet.services.health import OF_POWER
from tests.consoles.kept.memory import NOON, Memory
from tests.world import World

QUERIES = 7  # one for each kind of row, and which of the takeovers were at this port


def at(second: float) -> datetime:
    return datetime.fromtimestamp(NOON / 1000 + second, UTC)


@pytest.fixture
def log() -> Memory:
    """A line of eight bytes each second, for a minute."""
    made = Memory()
    for second in range(60):
        made.print(b"%07d\n" % second, NOON + second * 1000)
    return made


def session(
    world: World, vm: VirtualMachine, came: float, went: float | None = None, **fields: Any
) -> ConsoleSession:
    told = {"mode": "write", "end_code": "left" if went else "", "line_id": vm.ports.get().line_id}
    made = ConsoleSession.objects.create(
        tenant=world.contoso,
        vm=vm,
        scope=vm.scope,
        vm_name=vm.name,
        principal_kind="User",
        principal_id=uuid4(),
        principal_name="Ada",
        via="page",
        **{**told, **fields},
    )
    times = {"started_at": at(came), "ended_at": at(went) if went else None}
    ConsoleSession.objects.filter(pk=made.pk).update(**times)
    return made


def entry(vm: VirtualMachine, second: float, action: str, **details: object) -> None:
    who = principals.Principal(principals.USER, uuid4(), "Grace", vm.tenant_id)
    with patch.object(timezone, "now", return_value=at(second)):
        audit.record(by=who, action=action, scope=vm.scope, tenant_id=vm.tenant_id, details=details)


def operation(vm: VirtualMachine, kind: str, second: float | None) -> None:
    Operation.objects.create(
        vm=vm,
        kind=kind,
        exclusive=False,
        state="succeeded",
        asked_by_name="Ada",
        started_at=None if second is None else at(second),
    )


def happened(vm: VirtualMachine) -> None:
    line = vm.ports.get().line_id
    operation(vm, "restart", 10)
    operation(vm, "sysrq", 40)
    operation(vm, "screenshot", 41)
    operation(vm, "power_off", None)
    Sighting.objects.create(vm=vm, line_id=line, kind="panic", offset=164, at=at(22))
    Sighting.objects.create(vm=vm, kind="emergency", at=at(25.5))
    HealthEvent.objects.create(vm=vm, at=at(50), state="Unavailable", summary=OF_POWER["stopped"][1])
    HealthEvent.objects.create(vm=vm, at=at(22), state="Degraded", summary="The guest's kernel has panicked.")


def seen(told: list[Moment]) -> list[tuple[int, Kind, str]]:
    return [(one.offset, one.kind, one.what) for one in told]


def test_everything_stands_where_it_happened(world: World, log: Memory) -> None:
    vm, other = world.vm, world.other_vm
    mine = session(world, vm, came=5, went=30)
    session(world, vm, came=70, mode="watch")
    entry(vm, 12, actions.TAKE_OVER, session=str(mine.pk), how="taken", name="Lin")
    entry(vm, 30, actions.LOG_OUT, port=0, how="modem")
    entry(vm, 30, actions.LOG_OUT, port=1, how="modem")
    entry(vm, 13, actions.TAKE_OVER, session=str(session(world, vm, 80, line_id=uuid4()).pk), how="free")
    happened(vm)
    theirs = session(world, other, came=5, went=30)
    entry(other, 12, actions.TAKE_OVER, session=str(theirs.pk), how="taken", name="Lin")
    happened(other)
    told = moments(log, vm.ports.get())
    assert seen(told) == [
        (48, Kind.ATTACH, "write"),
        (88, Kind.POWER, "restart"),
        (104, Kind.TAKE_OVER, "taken"),
        (164, Kind.SIGHTING, "panic"),
        (208, Kind.SIGHTING, "emergency"),
        (248, Kind.DETACH, "left"),
        (248, Kind.LOG_OUT, "modem"),
        (328, Kind.BREAK, "sysrq"),
        (408, Kind.HEALTH, "Unavailable"),
        (480, Kind.ATTACH, "watch"),
    ]
    assert [one.session for one in told if one.kind in (Kind.ATTACH, Kind.TAKE_OVER)][:2] == [
        str(mine.pk)
    ] * 2


def test_they_are_said_to_people(world: World, log: Memory) -> None:
    vm = world.vm
    mine = session(world, vm, came=5, went=30)
    session(world, vm, came=6, mode="watch")
    for second, how, name in ((12, "taken", "Lin"), (13, "handed", "Lin"), (14, "free", "")):
        entry(vm, second, actions.TAKE_OVER, session=str(mine.pk), how=how, name=name)
    happened(vm)
    with override("en"):
        assert [one.label for one in moments(log, vm.ports.get())] == [
            "Ada attached",
            "Ada attached as a watcher",
            "Restart, asked for by Ada",
            "Grace took the keyboard from Lin",
            "Lin handed the keyboard to Grace",
            "Grace came to the keyboard",
            "kernel panic",
            "emergency mode",
            "Ada left",
            "SysRq, asked for by Ada",
            "The machine is stopped.",
        ]


@pytest.mark.parametrize("borders", [[0, 480], [0, 88, 164, 165, 248, 408, 480], list(range(0, 488, 8))])
def test_stretches_together_have_each_of_them_once(world: World, log: Memory, borders: list[int]) -> None:
    session(world, world.vm, came=5, went=30)
    session(world, world.vm, came=-9, went=90)
    happened(world.vm)
    port = world.vm.ports.get()
    ends = [*borders[1:-1], None]
    parts = [moments(log, port, start, end) for start, end in zip(borders, ends, strict=False)]
    assert seen([one for part in parts for one in part]) == seen(moments(log, port))


def test_what_happened_before_what_is_left_of_the_log_is_not_told(world: World, log: Memory) -> None:
    session(world, world.vm, came=5, went=30)
    log.data, log.start, log.stamps = log.data[80:], 80, log.stamps[10:]
    assert seen(moments(log, world.vm.ports.get())) == [(248, Kind.DETACH, "left")]


def test_many_cost_no_more_queries_than_few(
    world: World, log: Memory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    port = world.vm.ports.select_related("vm__subscription", "vm__resource_group").get()
    for second in range(50):
        mine = session(world, world.vm, came=second, went=second + 1)
        entry(world.vm, second, actions.TAKE_OVER, session=str(mine.pk), how="free")
    with django_assert_num_queries(QUERIES):
        assert len(moments(log, port)) == 150
    with django_assert_num_queries(QUERIES):
        newest = moments(log, port, most=10)
    assert len(newest) == 10
    assert newest[-1].what == "left"
