"""Recorded output is deleted everywhere, exactly before an offset, with a reason and a record; never under a legal hold."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import actions, principals
from accounts.audit_selectors import by_whom
from accounts.models import AuditEntry
from accounts.principals import Principal
from consoles.archive import jobs
from consoles.archive.erasing import erase_output
from consoles.archive.expiring import expire_output
from consoles.hub import client
from consoles.jobs import prune_sessions_job
from consoles.models import Erasure
from portal.fleet.models import VirtualMachine
from portal.fleet.models.records import Retention
from portal.fleet.services.holds import OnHold, end_hold, put_hold
from portal.fleet.stores.base import StoreTrouble
from tests.consoles.archive.printer import KIB, SEGMENT, Printer
from tests.consoles.archive.test_trouble import store_away
from tests.consoles.live.sessions import session
from tests.consoles.record.printing import text
from tests.world import SYSTEM, World

DAY = 24 * 3600 * 1000

pytestmark = pytest.mark.usefixtures("no_hub")


@pytest.fixture
def owner(world: World) -> Principal:
    return world.principal("owner")


def full(printer: Printer) -> Printer:
    printer.prints(6 * SEGMENT)
    printer.archives()
    return printer


def everywhere(printer: Printer) -> bytes:
    files = sorted(printer.folder.glob("*.log"))
    return b"".join(path.read_bytes() for path in files) + printer.archived()


def test_all_that_was_printed_is_gone_from_disk_and_stores(printer: Printer, owner: Principal) -> None:
    full(printer)
    erasure = erase_output(by=owner, vm=printer.vm, reason="it printed a password")
    jobs.archive_host_job(printer.vm.host)
    erasure.refresh_from_db()
    assert erasure.spool_done_at
    assert erasure.stores_done_at
    assert everywhere(printer) == b""
    assert printer.objects() == []
    assert printer.reads() == (printer.printed, b"")


def test_readers_get_none_of_it_from_the_moment_it_was_asked(printer: Printer) -> None:
    full(printer)
    printer.erases(3 * SEGMENT)
    assert printer.reads() == (3 * SEGMENT, text(3 * SEGMENT, 3 * SEGMENT))


@pytest.mark.parametrize("before", [1, SEGMENT, SEGMENT + 1, 3 * SEGMENT + 700, 5 * SEGMENT + 13])
def test_it_is_exact_to_the_byte(printer: Printer, before: int) -> None:
    full(printer)
    printer.erases(before)
    jobs.archive_host_job(printer.vm.host)
    assert printer.reads() == (before, text(before, printer.printed - before))
    assert all(piece.start >= before for piece in printer.pieces())
    Erasure.objects.all().delete()
    assert printer.reads() == (before, text(before, printer.printed - before))


def test_what_is_printed_afterwards_has_the_offsets_that_follow(printer: Printer, owner: Principal) -> None:
    full(printer)
    end = printer.printed
    erase_output(by=owner, vm=printer.vm, reason="a password")
    jobs.archive_host_job(printer.vm.host)
    printer.prints(3 * SEGMENT)
    printer.archives()
    assert printer.reads() == (end, text(end, 3 * SEGMENT))
    assert printer.row().lost_bytes == 0


def test_who_asked_and_why_is_in_the_audit(printer: Printer, owner: Principal) -> None:
    full(printer)
    erasure = erase_output(by=owner, vm=printer.vm, reason=" it printed a password ")
    entry = AuditEntry.objects.get(action=actions.LOG_DELETE)
    assert (entry.principal_name, entry.scope) == (owner.name, printer.vm.scope)
    assert entry.details["reason"] == "it printed a password"
    assert entry.details["before"] == erasure.before == printer.printed


def test_under_a_legal_hold_nothing_is_erased(world: World, printer: Printer, owner: Principal) -> None:
    full(printer)
    hold = put_hold(by=SYSTEM, tenant=world.contoso, resource=world.subscription, reason="a court")
    with pytest.raises(OnHold):
        erase_output(by=owner, vm=printer.vm, reason="a password")
    assert not Erasure.objects.exists()
    end_hold(by=SYSTEM, hold=hold)
    erase_output(by=owner, vm=printer.vm, reason="a password")
    jobs.archive_host_job(printer.vm.host)
    assert everywhere(printer) == b""


def test_a_hold_that_comes_before_the_job_stops_it(world: World, printer: Printer, owner: Principal) -> None:
    full(printer)
    erase_output(by=owner, vm=printer.vm, reason="a password")
    before = printer.archived()
    put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="a court")
    jobs.archive_host_job(printer.vm.host)
    assert printer.archived() == before
    assert not Erasure.objects.exclude(spool_done_at=None).exists()


def test_a_hold_keeps_more_than_the_limit(world: World, printer: Printer) -> None:
    VirtualMachine.objects.update(log_limit_bytes=8 * KIB)
    hold = put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="a court")
    full(printer)
    assert printer.pieces()[0].start == 0
    end_hold(by=SYSTEM, hold=hold)
    printer.prints(2 * SEGMENT)
    printer.archives()
    assert printer.pieces()[0].start > 0


def test_while_the_hub_is_away_the_rest_is_done_and_the_hub_asked_again(
    printer: Printer, owner: Principal, monkeypatch: pytest.MonkeyPatch
) -> None:
    full(printer)
    erasure = erase_output(by=owner, vm=printer.vm, reason="a password")
    with monkeypatch.context() as patch:

        async def away(*args: Any) -> int:
            raise client.HubGone("it does not answer")

        patch.setattr(client, "forget", away)
        jobs.archive_host_job(printer.vm.host)
    erasure.refresh_from_db()
    assert (erasure.spool_done_at, printer.objects()) == (None, [])
    assert erasure.stores_done_at
    jobs.archive_host_job(printer.vm.host)
    erasure.refresh_from_db()
    assert erasure.spool_done_at
    assert everywhere(printer) == b""


def test_a_store_that_is_away_is_asked_again(printer: Printer, owner: Principal) -> None:
    full(printer)
    erasure = erase_output(by=owner, vm=printer.vm, reason="a password")
    with store_away(StoreTrouble.DENIED):
        jobs.archive_host_job(printer.vm.host)
    erasure.refresh_from_db()
    assert erasure.stores_done_at is None
    jobs.archive_host_job(printer.vm.host)
    assert printer.objects() == []


def keeps_logs(world: World, days: int | None) -> None:
    Retention.objects.update_or_create(tenant=world.contoso, defaults={"log_days": days})


def old_and_young(printer: Printer) -> None:
    printer.now -= 10 * DAY
    full(printer)
    printer.now += 10 * DAY - 1000 * 100
    printer.prints(3 * SEGMENT)
    printer.archives()


def test_what_is_older_than_the_tenant_keeps_leaves_by_the_clock(world: World, printer: Printer) -> None:
    old_and_young(printer)
    keeps_logs(world, 7)
    assert expire_output(timezone.now()) == {printer.vm.host}
    jobs.archive_host_job(printer.vm.host)
    start, data = printer.reads()
    assert 5 * SEGMENT <= start <= 6 * SEGMENT
    assert data == text(start, printer.printed - start)
    assert printer.objects() == [piece.blob for piece in printer.pieces()]
    entry = AuditEntry.objects.get(action=actions.LOG_DELETE)
    assert (entry.principal_kind, entry.details["by_clock"]) == (principals.SYSTEM, True)


def test_all_that_retention_deletes_is_found_under_one_name(world: World, printer: Printer) -> None:
    old_and_young(printer)
    Retention.objects.create(tenant=world.contoso, log_days=7, session_days=7)
    session(world, "owner", ended_at=timezone.now() - timedelta(days=8))
    expire_output(timezone.now())
    prune_sessions_job()
    found = AuditEntry.objects.filter(by_whom("retention")).values_list("action", flat=True)
    assert set(found) == {actions.LOG_DELETE, actions.SESSION_EXPIRE}


def test_a_second_look_the_same_day_deletes_and_records_nothing(world: World, printer: Printer) -> None:
    old_and_young(printer)
    keeps_logs(world, 7)
    for _ in range(3):
        expire_output(timezone.now())
        jobs.archive_host_job(printer.vm.host)
    assert AuditEntry.objects.filter(action=actions.LOG_DELETE).count() == 1


def test_who_keeps_logs_for_ever_or_under_a_hold_keeps_them(world: World, printer: Printer) -> None:
    old_and_young(printer)
    keeps_logs(world, None)
    assert expire_output(timezone.now()) == set()
    keeps_logs(world, 7)
    put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="a court")
    assert expire_output(timezone.now()) == set()
    assert expire_output(timezone.now() + timedelta(days=1)) == set()
    assert printer.reads()[0] == 0


def test_a_clock_that_was_set_back_deletes_nothing_young(world: World, printer: Printer) -> None:
    full(printer)
    printer.now -= 20 * DAY
    printer.prints(3 * SEGMENT)
    printer.archives()
    keeps_logs(world, 7)
    assert expire_output(timezone.now()) == set()
    assert printer.reads()[0] == 0
