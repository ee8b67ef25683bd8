"""No store and no hub is asked inside a transaction: on SQLite nobody in the portal could write until it has answered."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from consoles.archive import jobs
from consoles.archive.erasing import erase_output, erase_removed
from consoles.archive.expiring import expire_output
from consoles.hub import client
from consoles.models import ArchivedPiece, PieceState
from portal.fleet.models import StorageAccount, VirtualMachine
from portal.fleet.services.holds import end_hold, put_hold
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.folder import FolderStore
from tests.consoles.archive.printer import HOUR, SEGMENT, Printer
from tests.consoles.archive.test_checking import change, states
from tests.consoles.archive.test_erasing import everywhere, full, keeps_logs, old_and_young
from tests.consoles.archive.test_trouble import store_away
from tests.world import SYSTEM, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_hub")]
STORE = ("put", "get", "delete", "names")


class Asked:
    """Each act of a store or a hub, and whether a transaction was open in the thread of the jobs."""

    def __init__(self) -> None:
        self._ours = connections["default"]
        self._acts: list[tuple[str, bool]] = []

    def note(self, act: str) -> None:
        self._acts.append((act, self._ours.in_atomic_block))

    def acts(self) -> set[str]:
        assert [act for act, in_transaction in self._acts if in_transaction] == []
        return {act for act, _ in self._acts}


@pytest.fixture
def asked(printer: Printer, monkeypatch: pytest.MonkeyPatch) -> Asked:
    made, forget = Asked(), client.forget

    def noted(name: str) -> Any:
        real = getattr(FolderStore, name)

        def act(store: FolderStore, *args: Any) -> Any:
            made.note(name)
            return real(store, *args)

        return act

    async def forgotten(*args: Any) -> int:
        made.note("forget")
        return await forget(*args)

    for name in STORE:
        monkeypatch.setattr(FolderStore, name, noted(name))
    monkeypatch.setattr(client, "forget", forgotten)
    return made


def leaving() -> bool:
    return ArchivedPiece.objects.filter(state=PieceState.LEAVING).exists()


def test_while_it_moves_shortens_and_tidies(world: World, printer: Printer, asked: Asked) -> None:
    full(printer)
    VirtualMachine.objects.update(log_limit_bytes=2 * SEGMENT)
    printer.prints(SEGMENT)
    with store_away(StoreTrouble.DENIED):
        printer.archives()
    assert leaving()
    jobs.tidy_host_job(printer.vm.host)
    assert not leaving()
    assert asked.acts() == {"put", "delete", "names"}


def test_while_a_piece_grows_in_another_account(world: World, printer: Printer, asked: Asked) -> None:
    printer.now -= HOUR
    printer.prints(512)
    printer.archives()
    other = StorageAccount.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="contosonew"
    )
    VirtualMachine.objects.update(diagnostics_account=other)
    printer.prints(512)
    jobs.archive_host_job(printer.vm.host)
    assert asked.acts() == {"put", "delete"}


def test_while_it_erases_in_the_middle_of_a_piece(world: World, printer: Printer, asked: Asked) -> None:
    full(printer)
    printer.erases(SEGMENT + 700)
    hold = put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="a court")
    jobs.archive_host_job(printer.vm.host)
    end_hold(by=SYSTEM, hold=hold)
    jobs.archive_host_job(printer.vm.host)
    assert printer.reads()[0] == SEGMENT + 700
    assert asked.acts() == {*STORE, "forget"}


def test_while_somebody_asks_for_an_erasure(world: World, printer: Printer, asked: Asked) -> None:
    full(printer)
    erase_output(by=SYSTEM, vm=printer.vm, reason="a password")
    jobs.archive_host_job(printer.vm.host)
    assert everywhere(printer) == b""
    scope = printer.vm.scope
    printer.vm.delete()
    assert erase_removed(by=SYSTEM, tenant_id=world.contoso.id, scope=scope, reason="a password")
    jobs.archive_host_job(printer.vm.host)
    assert asked.acts() >= {"put", "delete", "names", "forget"}


def test_while_time_is_over(world: World, printer: Printer, asked: Asked) -> None:
    old_and_young(printer)
    keeps_logs(world, 7)
    assert expire_output(timezone.now()) == {printer.vm.host}
    jobs.archive_host_job(printer.vm.host)
    assert printer.reads()[0] > 0
    assert asked.acts() >= {"put", "delete", "names", "forget"}


def test_while_it_reads_back(printer: Printer, asked: Asked) -> None:
    full(printer)
    change(printer.pieces()[0])
    ArchivedPiece.objects.update(checked_at=timezone.now() - timedelta(days=40))
    assert jobs.check_host_job(printer.vm.host) > 0
    assert states(printer)[:2] == [PieceState.DAMAGED, PieceState.KEPT]
    assert "get" in asked.acts()
