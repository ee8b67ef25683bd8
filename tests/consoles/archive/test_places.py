"""Accounts that are one place: the portal's own store under two names, or one bucket of two accounts. Nobody deletes what the other knows."""

from pathlib import Path
from typing import Any

import pytest

from consoles.archive import jobs
from consoles.archive.objects import Objects
from consoles.archive.tidying import tidy_host
from consoles.models import ArchivedPiece
from portal.fleet.models import StorageAccount, VirtualMachine
from portal.fleet.models.storage import StorageKind
from portal.fleet.stores import opening
from tests.consoles.archive.printer import SEGMENT, Printer
from tests.consoles.record.printing import text
from tests.world import World

ONE_PLACE = ["one account", "managed", "managed later", "two accounts"]


@pytest.fixture(params=ONE_PLACE)
def moved(request: pytest.FixtureRequest, world: World, printer: Printer, monkeypatch: Any) -> Printer:
    """A log whose older half was archived before the machine's account was another."""
    kind = StorageKind.MANAGED if request.param.startswith("managed") else StorageKind.LOCAL
    StorageAccount.objects.filter(pk=world.storage.pk).update(kind=kind)
    if request.param == "two accounts":
        monkeypatch.setattr(opening, "_folder", lambda account: Path(opening.settings.STORES) / "same")
    before, after = world.storage, world.storage
    if request.param == "managed later":
        before = None
    if request.param == "two accounts":
        after = StorageAccount.objects.create(
            tenant=world.contoso,
            subscription=world.subscription,
            resource_group=world.group,
            name="contososame",
            kind=StorageKind.LOCAL,
        )
    for account in (before, after):
        VirtualMachine.objects.filter(pk=printer.vm.pk).update(diagnostics_account=account)
        printer.prints(4 * SEGMENT)
        printer.archives()
    return printer


def names(printer: Printer) -> set[str]:
    return {piece.blob for piece in printer.pieces()}


def test_tidying_deletes_nothing_that_a_row_knows(moved: Printer) -> None:
    tidy_host(moved.vm.host, Objects(), 60)
    assert moved.archived() == text(0, moved.row().archived_to)
    assert set(moved.objects()) == names(moved)


def test_what_no_row_knows_is_swept(moved: Printer) -> None:
    ArchivedPiece.objects.filter(start=0).delete()
    assert set(moved.objects()) > names(moved)
    tidy_host(moved.vm.host, Objects(), 60)
    assert set(moved.objects()) == names(moved)


@pytest.mark.usefixtures("no_hub")
@pytest.mark.parametrize("before", [SEGMENT + 700, 5 * SEGMENT + 13])
def test_an_erasure_is_exact(moved: Printer, before: int) -> None:
    moved.erases(before)
    jobs.archive_host_job(moved.vm.host)
    assert moved.reads() == (before, text(before, moved.printed - before))
    assert moved.archived() == text(before, moved.row().archived_to - before)
    assert set(moved.objects()) == names(moved)
