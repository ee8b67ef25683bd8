"""Sealed segments go into the machine's storage account, once and in order, and the log reads as if nothing had moved."""

import shutil

from portal.fleet.models import StorageAccount, VirtualMachine
from tests.consoles.archive.printer import HOUR, KIB, SEGMENT, Printer
from tests.consoles.record.printing import text
from tests.world import World


def test_every_segment_but_the_last_is_archived(printer: Printer) -> None:
    printer.prints(5 * SEGMENT)
    row = printer.archives()
    pieces = printer.pieces()
    assert [piece.start for piece in pieces] == sorted(piece.start for piece in pieces)
    assert printer.archived() == text(0, row.archived_to)
    assert 0 < row.archived_to < printer.printed
    assert (row.waiting_bytes, row.lost_bytes, row.error_code) == (printer.printed - row.archived_to, 0, "")
    assert pieces[0].account == printer.vm.diagnostics_account
    assert printer.now - HOUR < pieces[0].first_ms < pieces[-1].last_ms <= printer.now
    assert printer.objects() == [piece.blob for piece in pieces]


def test_what_is_on_the_disk_alone_is_counted_with_the_segment_that_is_being_written(
    printer: Printer,
) -> None:
    printer.prints(SEGMENT // 4)
    assert printer.archives().waiting_bytes == SEGMENT // 4
    printer.prints(SEGMENT // 4)
    row = printer.archives()
    assert (row.waiting_bytes, row.spool_end) == (SEGMENT // 2, SEGMENT // 2)
    VirtualMachine.objects.update(power_state="deallocated")
    assert printer.archives().waiting_bytes == 0


def test_the_last_one_follows_once_the_machine_is_off(printer: Printer) -> None:
    printer.prints(SEGMENT // 2)
    printer.archives()
    assert printer.pieces() == []
    VirtualMachine.objects.update(power_state="deallocated")
    assert printer.archives().archived_to == printer.printed
    assert printer.archived() == text(0, printer.printed)


def test_the_last_one_follows_once_nothing_was_printed_for_ten_minutes(printer: Printer) -> None:
    printer.now -= HOUR
    printer.prints(SEGMENT // 2)
    assert printer.archives().archived_to == printer.printed


def test_a_second_run_moves_nothing(printer: Printer) -> None:
    printer.prints(5 * SEGMENT)
    printer.archives()
    before = printer.pieces()
    printer.archives()
    assert printer.pieces() == before
    assert [piece.archived_at for piece in printer.pieces()] == [piece.archived_at for piece in before]


def test_the_small_piece_of_a_quiet_line_grows_in_its_place(printer: Printer) -> None:
    printer.now -= HOUR
    for printed in (512, 1024, 1536):
        printer.prints(512)
        printer.archives()
        assert [(piece.start, piece.end) for piece in printer.pieces()] == [(0, printed)]
    assert len(printer.objects()) == 1
    assert printer.archived() == text(0, printer.printed)


def test_the_log_reads_the_same_from_the_stores_alone(printer: Printer) -> None:
    VirtualMachine.objects.update(power_state="deallocated")
    printer.prints(5 * SEGMENT)
    printer.archives()
    assert printer.reads() == (0, text(0, printer.printed))
    shutil.rmtree(printer.folder)
    assert printer.reads() == (0, text(0, printer.printed))


def test_a_machine_that_moves_to_another_account_keeps_what_it_printed_before(
    world: World, printer: Printer
) -> None:
    printer.prints(4 * SEGMENT)
    printer.archives()
    there = printer.objects()
    other = StorageAccount.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="contosonew"
    )
    VirtualMachine.objects.update(diagnostics_account=other)
    printer.prints(4 * SEGMENT)
    printer.archives()
    accounts = [piece.account for piece in printer.pieces()]
    assert accounts == [world.storage] * len(there) + [other] * (len(accounts) - len(there))
    assert len(accounts) > len(there)
    assert printer.archived() == text(0, printer.row().archived_to)


def test_a_log_is_circular_by_the_machines_limit(printer: Printer) -> None:
    VirtualMachine.objects.update(log_limit_bytes=20 * KIB)
    for _ in range(12):
        printer.prints(SEGMENT)
        printer.archives()
    pieces = printer.pieces()
    kept = printer.printed - pieces[0].start
    assert kept <= 20 * KIB < kept + (pieces[0].end - pieces[0].start)
    assert printer.objects() == [piece.blob for piece in pieces]
    assert printer.archived() == text(pieces[0].start, printer.row().archived_to - pieces[0].start)


def test_what_is_left_of_a_removed_machine_is_still_archived(printer: Printer) -> None:
    printer.prints(4 * SEGMENT)
    printer.archives()
    account = printer.pieces()[0].account
    printer.vm.delete()
    assert printer.archives().archived_to == printer.printed
    assert {piece.account for piece in printer.pieces()} == {account}
    assert {piece.vm for piece in printer.pieces()} == {None}
