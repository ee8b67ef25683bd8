"""A store that refuses loses nothing while the hub's disk has room, and says what is at risk; a piece that is damaged hides no other."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import Mock, patch

import pytest
from django.utils import timezone

from consoles.archive import backlog
from consoles.archive.objects import Objects
from consoles.archive.tidying import tidy_host
from consoles.kept.log import log_of
from consoles.models import ArchivedPiece, LineArchive, PieceState
from portal.fleet.models import VirtualMachine
from portal.fleet.services.holds import put_hold
from portal.fleet.stores import opening
from portal.fleet.stores.base import StoreTrouble
from tests.consoles.archive.printer import KIB, SEGMENT, Printer
from tests.consoles.record.printing import text
from tests.world import SYSTEM, World


@contextmanager
def store_away(code: str = StoreTrouble.UNREACHABLE) -> Iterator[Mock]:
    with patch.object(opening, "store_of", side_effect=StoreTrouble(code)) as asked:
        yield asked


def later(printer: Printer, minutes: float) -> None:
    """As if so much time had gone by since the last try."""
    row = printer.row()
    moved = timedelta(minutes=minutes)
    assert row.looked_at
    assert row.failing_since
    LineArchive.objects.update(looked_at=row.looked_at - moved, failing_since=row.failing_since - moved)


def test_a_store_that_is_away_is_told_and_nothing_is_lost(printer: Printer) -> None:
    printer.prints(5 * SEGMENT)
    with store_away():
        row = printer.archives()
    assert (row.error_code, row.archived_to, row.lost_bytes) == (StoreTrouble.UNREACHABLE, 0, 0)
    assert row.waiting_bytes == row.spool_end
    assert row.failing_since
    later(printer, 1)
    row = printer.archives()
    assert (row.error_code, row.failing_since) == ("", None)
    assert row.waiting_bytes == row.spool_end - row.archived_to
    assert printer.archived() == text(0, row.archived_to)


def test_what_left_the_disk_meanwhile_is_counted_once(printer: Printer) -> None:
    printer.limit = 16 * KIB
    with store_away():
        printer.prints(SEGMENT)
        printer.archives()
        for _ in range(4):
            printer.prints(4 * SEGMENT)
            row = printer.archives()
    assert row.lost_bytes == row.spool_start > 0
    later(printer, 1)
    assert printer.archives().lost_bytes == row.lost_bytes
    assert printer.archived() == text(row.spool_start, printer.row().archived_to - row.spool_start)


def test_what_the_limit_would_have_dropped_anyway_is_not_lost(printer: Printer) -> None:
    printer.limit = 24 * KIB
    VirtualMachine.objects.update(log_limit_bytes=16 * KIB)
    with store_away():
        for _ in range(6):
            printer.prints(4 * SEGMENT)
            row = printer.archives()
    assert row.spool_start > 0
    assert row.lost_bytes == 0


def test_what_a_legal_hold_would_have_kept_is_lost(printer: Printer, world: World) -> None:
    put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="case 7")
    printer.limit = 24 * KIB
    VirtualMachine.objects.update(log_limit_bytes=16 * KIB)
    with store_away():
        printer.prints(SEGMENT)
        for _ in range(6):
            row = printer.archives()
            printer.prints(4 * SEGMENT)
        row = printer.archives()
    assert row.lost_bytes == row.spool_start > 0


def test_one_that_keeps_refusing_is_asked_less_and_less(printer: Printer) -> None:
    printer.prints(2 * SEGMENT)
    with store_away() as asked:
        printer.archives()
        printer.archives()
        assert asked.call_count == 1
        later(printer, 1)
        printer.archives()
        assert asked.call_count == 2
        later(printer, 0.5)
        printer.archives()
        assert asked.call_count == 2, "it has refused for a minute, so it has a minute"
        later(printer, 1)
        printer.archives()
        assert asked.call_count == 3


@pytest.mark.parametrize("hours", [1, 24, 1000])
def test_it_is_asked_every_ten_minutes_at_least(hours: int) -> None:
    now = timezone.now()
    tried = now - backlog.LONGEST
    row = LineArchive(error_code="x", failing_since=now - timedelta(hours=hours), looked_at=tried)
    assert backlog.is_due(row)
    row.looked_at = tried + timedelta(minutes=1)
    assert not backlog.is_due(row)


def test_of_many_lines_one_finds_out_that_their_store_is_away(printer: Printer, settings: Any) -> None:
    others = [Printer(vm, settings.SPOOL) for vm in VirtualMachine.objects.filter(tenant=printer.vm.tenant)]
    VirtualMachine.objects.update(diagnostics_account=printer.vm.diagnostics_account)
    for other in others:
        other.prints(2 * SEGMENT)
    with store_away() as asked:
        printer.archives()
    assert asked.call_count == 1
    assert [other.row().error_code for other in others] == [StoreTrouble.UNREACHABLE] * 3


def test_a_store_that_is_away_stops_nobody_elses(printer: Printer, settings: Any) -> None:
    other_vm = VirtualMachine.objects.get(tenant=printer.vm.tenant, name="web-2")
    VirtualMachine.objects.filter(id=other_vm.id).update(diagnostics_account=None, power_state="running")
    other = Printer(other_vm, settings.SPOOL)
    real = opening.store_of

    def one_away(account: Any) -> Any:
        if account is not None:
            raise StoreTrouble(StoreTrouble.DENIED)
        return real(account)

    for one in (printer, other):
        one.prints(3 * SEGMENT)
    with patch.object(opening, "store_of", one_away):
        printer.archives()
    assert (printer.row().error_code, other.row().error_code) == (StoreTrouble.DENIED, "")
    assert other.row().archived_to == 2 * SEGMENT


def test_a_folder_that_cannot_be_read_stops_no_other_line(printer: Printer, settings: Any) -> None:
    other_vm = VirtualMachine.objects.get(tenant=printer.vm.tenant, name="web-2")
    settings.SPOOL.mkdir()
    (settings.SPOOL / str(other_vm.ports.get().line_id)).write_text("no folder")
    printer.prints(3 * SEGMENT)
    assert printer.archives().archived_to == 2 * SEGMENT


def test_what_cannot_leave_its_store_now_leaves_it_later(printer: Printer) -> None:
    printer.prints(6 * SEGMENT)
    printer.archives()
    VirtualMachine.objects.update(log_limit_bytes=2 * SEGMENT)
    with store_away():
        tidy_host(printer.vm.host, Objects(), 60)
    assert PieceState.LEAVING in {piece.state for piece in printer.pieces()}
    assert len(printer.objects()) == 5
    tidy_host(printer.vm.host, Objects(), 60)
    assert {piece.state for piece in printer.pieces()} == {PieceState.KEPT}
    assert printer.objects() == [piece.blob for piece in printer.pieces()]


def test_an_object_without_a_row_is_swept(printer: Printer) -> None:
    printer.prints(3 * SEGMENT)
    printer.archives()
    ArchivedPiece.objects.filter(start=0).delete()
    assert len(printer.objects()) == 2
    tidy_host(printer.vm.host, Objects(), 60)
    assert printer.objects() == [piece.blob for piece in printer.pieces()]


@pytest.mark.parametrize("harm", ["changed", "cut off", "gone"])
def test_a_damaged_piece_is_found_out_and_hides_no_other(printer: Printer, settings: Any, harm: str) -> None:
    VirtualMachine.objects.update(power_state="deallocated")
    printer.prints(5 * SEGMENT)
    printer.archives()
    shutil.rmtree(printer.folder)
    object_of_second = next(settings.STORES.rglob(printer.pieces()[1].blob.rpartition("/")[2]))
    blob = object_of_second.read_bytes()
    if harm == "gone":
        object_of_second.unlink()
    else:
        object_of_second.write_bytes(blob[:-20] + bytes(20) if harm == "changed" else blob[:-1])
    log = log_of(printer.line_id)
    assert log.read(0, SEGMENT) == (0, text(0, SEGMENT))
    assert log.read(SEGMENT, 8) == (2 * SEGMENT, text(2 * SEGMENT, 8))
    assert [piece.state for piece in printer.pieces()] == ["kept", "damaged", "kept", "kept", "kept"]
    assert printer.pieces()[1].damaged_at
    assert log_of(printer.line_id).read(SEGMENT, 8) == (2 * SEGMENT, text(2 * SEGMENT, 8))
