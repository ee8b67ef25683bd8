"""What happened between the lines: everything of this machine and port, in its place, and nothing of another."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from consoles.kept.moments import Kind, Moment, marks, moments
from consoles.models import ConsoleSession, KeyboardAct
from portal.fleet.models import HealthEvent, Operation, Sighting, VirtualMachine
from portal.fleet.services.health import OF_POWER
from tests.consoles.kept.memory import NOON, Memory
from tests.world import World

QUERIES = 6  # one for each kind of row


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


def act(who: ConsoleSession, second: float, kind: str, **about: Any) -> None:
    KeyboardAct.objects.create(session=who, line_id=who.line_id, at=at(second), kind=kind, **about)


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
    act(mine, 12, "takeover", how="taken", lost_by_name="Lin")
    act(mine, 20, "break", how="sent")
    act(mine, 30, "logout", how="modem")
    act(session(world, vm, 80, line_id=uuid4()), 13, "takeover", how="free")
    happened(vm)
    theirs = session(world, other, came=5, went=30)
    act(theirs, 12, "takeover", how="taken", lost_by_name="Lin")
    happened(other)
    told = moments(log, vm.ports.get())
    assert seen(told) == [
        (48, Kind.ATTACH, "write"),
        (88, Kind.POWER, "restart"),
        (104, Kind.TAKE_OVER, "taken"),
        (164, Kind.SIGHTING, "panic"),
        (168, Kind.BREAK, "sent"),
        (208, Kind.SIGHTING, "emergency"),
        (248, Kind.DETACH, "left"),
        (248, Kind.LOG_OUT, "modem"),
        (328, Kind.BREAK, "sysrq"),
        (408, Kind.HEALTH, "Unavailable"),
        (480, Kind.ATTACH, "watch"),
    ]
    by_somebody = (Kind.ATTACH, Kind.TAKE_OVER, Kind.BREAK)
    assert [one.session for one in told if one.kind in by_somebody][:3] == [str(mine.pk)] * 3
    assert [one.session for one in told if one.kind is Kind.LOG_OUT] == [""]


def test_they_are_said_to_people(world: World, log: Memory) -> None:
    vm = world.vm
    mine = session(world, vm, came=5, went=30)
    session(world, vm, came=6, mode="watch")
    for second, how, name in ((12, "taken", "Lin"), (13, "handed", "Lin"), (14, "free", "")):
        act(mine, second, "takeover", how=how, lost_by_name=name)
    for second, how, count in ((15, "sent", 1), (16, "sent", 3), (17, "unanswered", 1)):
        act(mine, second, "break", how=how, count=count)
    act(mine, 18, "logout", how="string")
    operation(vm, "hang_up", 19)
    happened(vm)
    with override("en"):
        assert [one.label for one in moments(log, vm.ports.get())] == [
            "Ada attached",
            "Ada attached as a watcher",
            "Restart, asked for by Ada",
            "Ada took the keyboard from Lin",
            "Lin handed the keyboard to Ada",
            "Ada came to the keyboard",
            "Ada sent a BREAK",
            "Ada sent 3 BREAKs",
            "Ada sent a BREAK and left: whether the line took it is not known",
            "The guest's login was ended",
            "Hang up the console's login, asked for by Ada",
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
        act(mine, second, "takeover", how="free")
    with django_assert_num_queries(QUERIES):
        assert len(moments(log, port)) == 150
    with django_assert_num_queries(QUERIES):
        newest = moments(log, port, most=10)
    assert len(newest) == 10
    assert newest[-1].what == "left"


def test_a_hang_up_by_an_agent_is_told_once_as_a_log_out(world: World, log: Memory) -> None:
    operation(world.vm, "hang_up", 10)
    assert seen(moments(log, world.vm.ports.get())) == [(88, Kind.LOG_OUT, "hang_up")]


def test_a_file_has_the_same_as_marks(world: World, log: Memory) -> None:
    mine = session(world, world.vm, came=5, went=30)
    act(mine, 12, "break", how="sent")
    port = world.vm.ports.get()
    with override("en"):
        told = marks(log, port)
        assert [one.label for one in told] == ["Ada attached", "Ada sent a BREAK", "Ada left"]
        assert [one.ms - NOON for one in told] == [5000, 12_000, 30_000]
        assert [one.label for one in marks(log, port, 80, 160)] == ["Ada sent a BREAK"]
