"""What of a log is not kept as promised is told to its tenant: once when it begins, once when it is over."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from consoles.archive import damage, jobs, moving
from consoles.archive.troubles import AWAY, judge_troubles
from consoles.kept.log import log_of
from consoles.models import ArchivedPiece, LineArchive
from portal.fleet.models import Alert, AlertTarget, RecordTrouble, StorageAccount, VirtualMachine
from portal.fleet.services.storage import remove_storage_account
from portal.fleet.stores.opening import store_of
from tests.consoles.archive.printer import KIB, SEGMENT, Printer
from tests.consoles.archive.test_trouble import later, store_away
from tests.world import SYSTEM, World


@pytest.fixture
def target(world: World) -> AlertTarget:
    AlertTarget.objects.create(tenant=world.fabrikam, kind="webhook", address="https://hooks.example/2")
    return AlertTarget.objects.create(tenant=world.contoso, kind="webhook", address="https://hooks.example/1")


def minutes_pass(minutes: float) -> None:
    """As if all that was seen of records had been seen so much earlier."""
    moved = timedelta(minutes=minutes)
    RecordTrouble.objects.update(began_at=F("began_at") - moved, seen_at=F("seen_at") - moved)
    LineArchive.objects.update(looked_at=F("looked_at") - moved)
    LineArchive.objects.exclude(failing_since=None).update(failing_since=F("failing_since") - moved)


def told() -> list[tuple[str, bool]]:
    alerts = Alert.objects.order_by("made_at").select_related("trouble", "target__tenant")
    assert {alert.target.tenant.slug for alert in alerts} <= {"contoso"}
    return [(alert.trouble.kind, alert.is_over) for alert in alerts if alert.trouble]


def refused(printer: Printer) -> None:
    with store_away():
        printer.archives()


def harm(printer: Printer) -> list[bytes]:
    """Every object of it is another; what they were."""
    store, whole = store_of(printer.vm.diagnostics_account), []
    for piece in printer.pieces():
        whole.append(store.get(piece.blob))
        store.put(piece.blob, b"x" + whole[-1][1:])
    ArchivedPiece.objects.update(checked_at=timezone.now() - timedelta(days=40))
    return whole


def test_a_store_that_takes_nothing_for_a_quarter_of_an_hour_is_told_of_once_with_what_waits(
    printer: Printer, target: AlertTarget
) -> None:
    printer.prints(4 * SEGMENT)
    refused(printer)
    judge_troubles()
    minutes_pass(14)
    judge_troubles()
    assert told() == []
    minutes_pass(1)
    for _ in range(3):
        refused(printer)
        judge_troubles()
    assert told() == [("store-away", False)]
    trouble = RecordTrouble.objects.get()
    assert (trouble.account, trouble.vm) == (printer.vm.diagnostics_account, None)
    assert (trouble.machines, trouble.waiting_bytes) == (1, 4 * SEGMENT)
    printer.prints(2 * SEGMENT)
    minutes_pass(20)
    refused(printer)
    judge_troubles()
    assert RecordTrouble.objects.get().waiting_bytes == 6 * SEGMENT
    minutes_pass(20)
    printer.archives()
    jobs.look_after_archives_job()
    jobs.look_after_archives_job()
    assert told() == [("store-away", False), ("store-away", True)]
    assert not RecordTrouble.objects.filter(ended_at=None).exists()


def test_of_a_store_that_was_away_for_a_moment_nobody_hears_and_nothing_remains(
    printer: Printer, target: AlertTarget
) -> None:
    printer.prints(3 * SEGMENT)
    refused(printer)
    minutes_pass(10)
    printer.archives()
    minutes_pass(10)
    judge_troubles()
    assert not Alert.objects.exists()
    assert not RecordTrouble.objects.exists()


def test_a_store_that_a_machine_was_just_given_is_not_called_away_for_another(
    printer: Printer, target: AlertTarget
) -> None:
    printer.prints(3 * SEGMENT)
    refused(printer)
    minutes_pass(30)
    VirtualMachine.objects.filter(id=printer.vm.id).update(diagnostics_account=None)
    judge_troubles()
    assert told() == []
    refused(printer)
    judge_troubles()
    assert told() == [], "it has a quarter of an hour, too"
    minutes_pass(16)
    judge_troubles()
    assert told() == [("store-away", False)]
    assert RecordTrouble.objects.get(ended_at=None).account is None


def test_a_removed_machines_output_waits_for_where_the_rest_of_it_is(
    printer: Printer, target: AlertTarget
) -> None:
    account = printer.vm.diagnostics_account
    printer.prints(3 * SEGMENT)
    printer.archives()
    printer.prints(3 * SEGMENT)
    VirtualMachine.objects.filter(id=printer.vm.id).delete()
    refused(printer)
    minutes_pass(16)
    judge_troubles()
    assert told() == [("store-away", False)]
    assert RecordTrouble.objects.get().account == account


def test_damage_of_many_pieces_is_told_once_and_once_more_when_all_are_whole(
    printer: Printer, target: AlertTarget
) -> None:
    printer.prints(9 * SEGMENT)
    printer.archives()
    whole = harm(printer)
    jobs.check_host_job(printer.vm.host)
    assert {piece.state for piece in printer.pieces()} == {"damaged"}
    assert told() == [("damage", False)]
    trouble = RecordTrouble.objects.get()
    assert (trouble.account, trouble.vm) == (printer.vm.diagnostics_account, printer.vm)
    store, pieces = store_of(trouble.account), printer.pieces()
    for piece, blob in zip(pieces, whole, strict=True):
        store.put(piece.blob, blob)
    damage.mark_whole(pieces[0])
    minutes_pass(60)
    judge_troubles()
    assert told() == [("damage", False)], "the others are not read again yet"
    for piece in pieces[1:]:
        damage.mark_whole(piece)
    judge_troubles()
    judge_troubles()
    assert told() == [("damage", False), ("damage", True)]


def test_damage_that_a_reader_comes_upon_is_told_as_well(printer: Printer, target: AlertTarget) -> None:
    VirtualMachine.objects.update(power_state="deallocated")
    printer.prints(2 * SEGMENT)
    printer.archives()
    harm(printer)
    for file in printer.folder.iterdir():
        file.unlink()
    assert log_of(printer.line_id).read(0, 8).data == b""
    assert told() == [("damage", False)]


def test_output_that_was_overwritten_before_its_store_took_it_is_told_once(
    printer: Printer, target: AlertTarget
) -> None:
    printer.limit = 16 * KIB
    with store_away():
        printer.prints(SEGMENT)
        printer.archives()
        for _ in range(4):
            printer.prints(4 * SEGMENT)
            row = printer.archives()
    assert row.lost_bytes
    assert told() == [("output-lost", False)]
    later(printer, 1)
    printer.archives()
    minutes_pass(30)
    judge_troubles()
    assert RecordTrouble.objects.filter(kind="output-lost", ended_at=None).exists()
    minutes_pass(30)
    judge_troubles()
    assert not RecordTrouble.objects.filter(kind="output-lost", ended_at=None).exists()
    assert told() == [("output-lost", False)], "what is lost stays lost"


def test_what_the_hub_dropped_while_it_was_packed_is_told_as_lost(
    printer: Printer, target: AlertTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(line_id: str, piece: object) -> bytes:
        raise moving.Gone

    printer.prints(3 * SEGMENT)
    monkeypatch.setattr(moving, "packed", gone)
    assert printer.archives().lost_bytes == 2 * SEGMENT
    assert told() == [("output-lost", False)]


def test_an_account_of_which_was_told_can_be_removed(printer: Printer, world: World) -> None:
    account = StorageAccount.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="another"
    )
    VirtualMachine.objects.filter(id=printer.vm.id).update(diagnostics_account=account)
    printer.prints(3 * SEGMENT)
    refused(printer)
    minutes_pass(AWAY.total_seconds() / 60)
    judge_troubles()
    assert RecordTrouble.objects.filter(account=account).exists()
    VirtualMachine.objects.filter(id=printer.vm.id).update(diagnostics_account=None)
    remove_storage_account(by=SYSTEM, account=account)
    assert not RecordTrouble.objects.exists()
