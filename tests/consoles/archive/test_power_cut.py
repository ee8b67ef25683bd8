"""After a power cut offsets go on far behind the last one: no piece leaves for what was never printed, and what was lost is still counted."""

import pytest

from consoles.record import mark
from consoles.record.mark import OPEN, SKIP, Mark
from portal.fleet.models import VirtualMachine
from tests.consoles.archive.printer import KIB, SEGMENT, Printer
from tests.consoles.archive.test_trouble import store_away
from tests.consoles.record.printing import text


def power_cut(printer: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    Mark(printer.folder).write(OPEN, printer.printed)
    monkeypatch.setattr(mark, "this_boot", lambda: "0" * 36)


def test_no_piece_leaves_for_offsets_that_nothing_was_printed_at(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    VirtualMachine.objects.update(log_limit_bytes=32 * KIB)
    printer.prints(4 * SEGMENT)
    end = printer.printed
    printer.archives()
    power_cut(printer, monkeypatch)
    printer.prints(512)
    row = printer.archives()
    assert row.spool_end > end + SKIP
    assert (row.archived_to, row.lost_bytes) == (end, 0)
    assert printer.archived() == text(0, end)


def test_the_limit_counts_bytes_on_both_sides_of_the_cut(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    VirtualMachine.objects.update(log_limit_bytes=16 * KIB)
    printer.prints(3 * SEGMENT)
    power_cut(printer, monkeypatch)
    printer.prints(3 * SEGMENT)
    printer.archives()
    kept = sum(piece.end - piece.start for piece in printer.pieces()) + SEGMENT
    assert 12 * KIB < kept <= 16 * KIB


def test_what_left_the_disk_too_early_is_counted_across_the_cut(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer.limit = 24 * KIB
    with store_away():
        printer.prints(4 * SEGMENT)
        printer.archives()
        power_cut(printer, monkeypatch)
        printer.prints(3 * SEGMENT)
        row = printer.archives()
    assert row.spool_end - row.spool_start > SKIP
    assert row.lost_bytes == row.spool_start > 0
