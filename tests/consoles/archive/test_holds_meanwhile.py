"""A legal hold that is put after something was chosen for deletion, and before it is deleted, keeps it: nothing is chosen for good."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from consoles.archive import deleting, expiring, jobs, removing
from consoles.archive.erasing import erase_output
from consoles.archive.expiring import expire_output
from consoles.models import Erasure, PieceState
from portal.fleet.models import VirtualMachine
from portal.fleet.models.records import LegalHold
from portal.fleet.services import holds
from portal.fleet.services.holds import end_hold, put_hold
from tests.consoles.archive.printer import SEGMENT, Printer
from tests.consoles.archive.test_erasing import everywhere, full, keeps_logs, old_and_young
from tests.world import SYSTEM, World

pytestmark = pytest.mark.usefixtures("no_hub")


@contextmanager
def held_before(world: World, module: Any, name: str, *, after: int = 0) -> Iterator[None]:
    """A hold is put when `module` is about to call `name` once more than `after` times."""
    real, calls = getattr(module, name), [0]

    def called(*args: Any) -> Any:
        calls[0] += 1
        if calls[0] == after + 1:
            put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="a court")
        return real(*args)

    with patch.object(module, name, called):
        yield
    assert calls[0] > after


def end() -> None:
    end_hold(by=SYSTEM, hold=LegalHold.objects.get())


def test_the_clock_of_retention_keeps_it(world: World, printer: Printer) -> None:
    old_and_young(printer)
    keeps_logs(world, 7)
    with held_before(world, expiring, "_expire"):
        assert expire_output(timezone.now()) == set()
    assert not Erasure.objects.exists()
    end()
    assert expire_output(timezone.now()) == {printer.vm.host}


def test_what_was_asked_for_keeps_its_disk_and_its_stores(world: World, printer: Printer) -> None:
    full(printer)
    before = everywhere(printer)
    erase_output(by=SYSTEM, vm=printer.vm, reason="a password")
    with held_before(world, deleting, "_archive_no_more"):
        jobs.archive_host_job(printer.vm.host)
    files = sorted(printer.folder.glob("*.log"))
    assert sum(path.stat().st_size for path in files) == len(before) - 5 * SEGMENT
    assert len(printer.objects()) == 5
    end()
    jobs.archive_host_job(printer.vm.host)
    assert everywhere(printer) == b""


def test_of_several_pieces_those_that_are_left(world: World, printer: Printer) -> None:
    full(printer)
    erase_output(by=SYSTEM, vm=printer.vm, reason="a password")
    with held_before(world, removing, "remove_object", after=1):
        jobs.archive_host_job(printer.vm.host)
    assert 3 <= len(printer.objects()) <= 4
    assert len(printer.objects()) == len(printer.pieces())
    end()
    jobs.archive_host_job(printer.vm.host)
    assert printer.objects() == []


def test_the_limit_of_a_machine_lets_it_be_read_on(world: World, printer: Printer) -> None:
    full(printer)
    VirtualMachine.objects.update(log_limit_bytes=2 * SEGMENT)
    printer.prints(SEGMENT)
    with held_before(world, holds, "let_holds_wait"):
        printer.archives()
    assert {piece.state for piece in printer.pieces()} == {PieceState.KEPT}
    assert printer.reads()[0] == 0
