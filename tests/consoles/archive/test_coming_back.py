"""A store that was another for a moment: what it has again is kept again, and no erasure takes more than it names."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from consoles.archive import jobs
from consoles.archive.checking import check_host
from consoles.archive.objects import Objects
from consoles.models import ArchivedPiece, Erasure
from portal.fleet.models import VirtualMachine
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.folder import MARK
from tests.consoles.archive.printer import SEGMENT, Printer
from tests.consoles.record.printing import text

BEFORE = SEGMENT + 700

pytestmark = pytest.mark.usefixtures("no_hub")


@pytest.fixture
def volume(printer: Printer, settings: Any) -> Path:
    """Where its store is, with all of a log that is on the hub's disk no more."""
    VirtualMachine.objects.update(power_state="deallocated")
    printer.prints(4 * SEGMENT)
    printer.archives()
    shutil.rmtree(printer.folder)
    account = printer.vm.diagnostics_account
    assert account
    return Path(settings.STORES) / str(account.tenant_id) / str(account.pk)


@pytest.fixture
def emptied(volume: Path) -> Path:
    """Another store's disk is mounted in its place."""
    volume.rename(volume.with_name("mounted later"))
    volume.mkdir()
    (volume / MARK).touch()
    return volume


def mount(volume: Path) -> None:
    shutil.rmtree(volume, ignore_errors=True)
    volume.with_name("mounted later").rename(volume)


def a_day_later(printer: Printer) -> None:
    for piece in printer.pieces():
        ArchivedPiece.objects.filter(pk=piece.pk).update(checked_at=piece.checked_at - timedelta(days=1))
    check_host(printer.vm.host, Objects(), most=1 << 30, seconds=60)


def states(printer: Printer) -> set[str]:
    return {piece.state for piece in printer.pieces()}


def erase(printer: Printer) -> Erasure:
    erasure = printer.erases(BEFORE)
    jobs.archive_host_job(printer.vm.host)
    erasure.refresh_from_db()
    return erasure


def test_pieces_that_are_there_again_are_kept_again(printer: Printer, emptied: Path) -> None:
    assert printer.reads()[1] == b""
    assert states(printer) == {"damaged"}
    mount(emptied)
    a_day_later(printer)
    assert states(printer) == {"kept"}
    assert {piece.damaged_at for piece in printer.pieces()} == {None}
    assert printer.reads() == (0, text(0, printer.printed))


def test_one_that_is_another_stays_damaged(printer: Printer, volume: Path) -> None:
    changed = next(volume.rglob(printer.pieces()[1].blob.rpartition("/")[2]))
    changed.write_bytes(b"x" * changed.stat().st_size)
    printer.reads()
    a_day_later(printer)
    assert [piece.state for piece in printer.pieces()] == ["kept", "damaged", "kept", "kept"]


def test_a_folder_that_is_not_there_is_a_store_that_is_away(printer: Printer, volume: Path) -> None:
    volume.rename(volume.with_name("mounted later"))
    with pytest.raises(StoreTrouble) as raised:
        printer.reads()
    assert raised.value.code == StoreTrouble.UNREACHABLE
    assert states(printer) == {"kept"}
    assert erase(printer).stores_done_at is None
    mount(volume)
    jobs.archive_host_job(printer.vm.host)
    assert printer.reads() == (BEFORE, text(BEFORE, printer.printed - BEFORE))


def test_an_erasure_keeps_the_end_of_a_piece_that_may_come_back(printer: Printer, emptied: Path) -> None:
    assert erase(printer).stores_done_at is None
    mount(emptied)
    assert erase(printer).stores_done_at
    a_day_later(printer)
    assert printer.reads() == (BEFORE, text(BEFORE, printer.printed - BEFORE))


def test_an_erasure_waits_a_day_for_one_that_never_comes_back(printer: Printer, emptied: Path) -> None:
    erasure = erase(printer)
    damaged = ArchivedPiece.objects.get(state="damaged")
    assert damaged.damaged_at
    ArchivedPiece.objects.filter(pk=damaged.pk).update(damaged_at=damaged.damaged_at - timedelta(days=1))
    jobs.archive_host_job(printer.vm.host)
    erasure.refresh_from_db()
    assert erasure.stores_done_at
    assert printer.pieces()[0].start == 2 * SEGMENT
