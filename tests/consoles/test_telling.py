"""What the hub does by itself is in the audit like what people do; what it sees is told of its machine."""

import asyncio
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError
from structlog.testing import capture_logs

from accounts import actions
from accounts.models import AuditEntry
from consoles import telling
from consoles.hub.spec import LineSpec
from consoles.models import ActKind, KeyboardAct
from consoles.telling import Telling, record_log_out, record_seen
from portal.fleet.models import Operation, OperationKind, SerialPort, Sighting, VirtualMachine
from tests.consoles.live.sessions import session
from tests.world import World

AT_MS = 1_800_000_000_000


def spec(world: World, **fields: Any) -> LineSpec:
    port = world.vm.ports.get()
    return LineSpec(str(port.line_id), port.url, "web-1", 0, **fields)


def test_a_guest_that_was_logged_out_is_in_the_audit_of_its_tenant(world: World) -> None:
    record_log_out(spec(world, log_out="string"))
    entry = AuditEntry.objects.get(action=actions.LOG_OUT)
    assert (entry.chain.tenant_id, entry.scope, entry.principal_name) == (
        world.contoso.id,
        world.vm.scope,
        "hub",
    )
    assert entry.details == {"port": 0, "how": "string"}


def test_a_log_keeps_that_somebody_was_logged_out_when_the_entry_is_sealed(world: World) -> None:
    session(world, "watcher")
    last = session(world, "owner")
    record_log_out(spec(world, log_out="string"))
    kept = KeyboardAct.objects.get()
    assert (kept.session_id, kept.line_id, kept.kind, kept.how) == (
        last.id,
        last.line_id,
        ActKind.LOG_OUT,
        "string",
    )


def test_a_guest_with_an_agent_is_hung_up_by_an_operation_that_the_hub_asked_for(world: World) -> None:
    vms = VirtualMachine.objects.filter(id=world.vm.id)
    vms.update(machine_url="qemu+unix:///run/web-1", power_state="running", machine_can=["agent"])
    record_log_out(spec(world, log_out="agent"))
    asked = Operation.objects.get(vm=world.vm)
    assert (asked.kind, asked.asked_by_name, asked.details["port"]) == (OperationKind.HANG_UP, "hub", 0)
    entry = AuditEntry.objects.get(action=actions.LOG_OUT)
    assert (entry.principal_name, entry.details["stage"]) == ("hub", "asked")


def test_a_guest_that_is_off_has_no_login_left_to_hang_up(world: World) -> None:
    vms = VirtualMachine.objects.filter(id=world.vm.id)
    vms.update(machine_url="qemu+unix:///run/web-1", power_state="stopped", machine_can=["agent"])
    record_log_out(spec(world, log_out="agent"))
    assert not Operation.objects.exists()


def test_what_was_seen_on_a_line_is_told_of_its_machine_once(world: World) -> None:
    for _ in range(2):
        record_seen(spec(world), kind="panic", offset=4711, at_ms=AT_MS)
    seen = Sighting.objects.get()
    assert (seen.vm, seen.kind, seen.offset, seen.port_number) == (world.vm, "panic", 4711, 0)
    vm = VirtualMachine.objects.get(id=world.vm.id)
    assert (vm.trouble, vm.trouble_offset) == ("panic", 4711)
    assert vm.trouble_at is not None
    assert vm.trouble_at.timestamp() * 1000 == AT_MS


def test_what_was_seen_on_a_line_that_is_no_more_is_forgotten(world: World) -> None:
    gone = spec(world)
    world.vm.ports.all().delete()
    record_seen(gone, kind="panic", offset=1, at_ms=AT_MS)
    assert not Sighting.objects.exists()


async def test_while_the_database_is_away_the_news_wait_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    away = [True]

    def record(spec: LineSpec, *, offset: int) -> None:
        if away.pop() if away else False:
            raise OperationalError("away")
        heard.append(offset)

    monkeypatch.setattr(telling, "FIRST", 0.01)
    monkeypatch.setitem(telling.RECORDS, "seen", record)
    tell = Telling()
    for offset in range(3):
        tell("seen", LineSpec("1", "", "web-1", 0), {"offset": offset})
    await asyncio.wait_for(tell.settled(), 10)
    assert heard == [0, 1, 2]


async def test_a_host_full_of_trouble_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    monkeypatch.setattr(telling, "MOST", 5)
    monkeypatch.setitem(telling.RECORDS, "seen", lambda spec, *, offset: heard.append(offset))
    tell = Telling()
    for offset in range(20):
        tell("seen", LineSpec("1", "", "web-1", 0), {"offset": offset})
    await asyncio.wait_for(tell.settled(), 10)
    assert heard == list(range(5))


async def test_many_sealed_segments_are_one_hint_to_the_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(telling, "enqueue", asked.append)
    monkeypatch.setattr(telling, "SOON", 0.01)
    tell = Telling()
    for _ in range(100):
        tell("sealed", LineSpec("1", "", "web-1", 0), {})
    assert tell._hinting is not None
    await asyncio.wait_for(tell._hinting, 10)
    assert asked == [settings.HUB_HOST]


async def test_those_that_were_sealed_meanwhile_are_one_hint_more(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(telling, "enqueue", asked.append)
    waits, over = asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        assert seconds == 10, "as docs/archive.md says"
        waits.set()
        await over.wait()

    monkeypatch.setattr(telling, "sleep", sleep)
    tell = Telling()
    tell("sealed", LineSpec("1", "", "web-1", 0), {})
    await asyncio.wait_for(waits.wait(), 10)
    for _ in range(100):
        tell("sealed", LineSpec("1", "", "web-1", 0), {})
    assert asked == [settings.HUB_HOST]
    over.set()
    assert tell._hinting is not None
    await asyncio.wait_for(tell._hinting, 10)
    assert asked == [settings.HUB_HOST] * 2


async def test_what_cannot_be_recorded_holds_up_nothing_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    troubles = [SerialPort.DoesNotExist("gone"), IntegrityError("no such machine"), ValueError("a bug")]

    def record(spec: LineSpec, *, offset: int) -> None:
        if offset < len(troubles):
            raise troubles[offset]
        heard.append(offset)

    monkeypatch.setitem(telling.RECORDS, "seen", record)
    tell = Telling()
    with capture_logs() as logs:
        for offset in range(4):
            tell("seen", LineSpec("1", "", "web-1", 0), {"offset": offset})
        await asyncio.wait_for(tell.settled(), 10)
    assert heard == [3]
    assert [log["event"] for log in logs] == ["not_recorded"] * 3
