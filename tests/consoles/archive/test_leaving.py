"""What is on its way out of a store: kept under a legal hold, remembered while the store is away, and told once."""

from typing import Any
from unittest.mock import patch

import pytest

from consoles.archive import moving
from consoles.archive.objects import Objects
from consoles.archive.packing import Gone
from consoles.archive.tidying import tidy_host
from consoles.models import PieceState
from portal.fleet.models import StorageAccount, VirtualMachine
from portal.fleet.services.holds import end_hold, put_hold
from portal.fleet.stores import opening
from portal.fleet.stores.base import StoreTrouble
from tests.consoles.archive.printer import HOUR, SEGMENT, Printer
from tests.consoles.archive.test_trouble import store_away
from tests.consoles.record.printing import text
from tests.world import SYSTEM, World


def test_under_a_legal_hold_what_was_leaving_stays(world: World, printer: Printer) -> None:
    printer.prints(6 * SEGMENT)
    printer.archives()
    VirtualMachine.objects.update(log_limit_bytes=2 * SEGMENT)
    with store_away():
        tidy_host(printer.vm.host, Objects(), 60)
    there = printer.objects()
    hold = put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="a court")
    printer.prints(SEGMENT)
    printer.archives()
    tidy_host(printer.vm.host, Objects(), 60)
    assert printer.objects()[: len(there)] == there
    assert PieceState.LEAVING in {piece.state for piece in printer.pieces()}
    end_hold(by=SYSTEM, hold=hold)
    tidy_host(printer.vm.host, Objects(), 60)
    assert {piece.state for piece in printer.pieces()} == {PieceState.KEPT}
    assert printer.objects() == [piece.blob for piece in printer.pieces()]


def test_what_the_hub_dropped_meanwhile_is_counted_once(printer: Printer) -> None:
    printer.prints(4 * SEGMENT)
    with patch.object(moving, "packed", side_effect=Gone):
        assert printer.archives().lost_bytes == 3 * SEGMENT
        assert printer.archives().lost_bytes == 3 * SEGMENT
    assert printer.row().waiting_bytes == SEGMENT, "the newest one"
    printer.prints(SEGMENT)
    assert printer.archives().lost_bytes == 3 * SEGMENT
    assert printer.archived() == text(3 * SEGMENT, SEGMENT)


def test_the_store_of_a_piece_that_grew_elsewhere_is_asked_again(
    world: World, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer.now -= HOUR
    printer.prints(512)
    printer.archives()
    (small,) = printer.objects()
    other = StorageAccount.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="contosonew"
    )
    VirtualMachine.objects.update(diagnostics_account=other)
    printer.prints(512)
    real = opening.store_of

    def one_away(account: Any) -> Any:
        if account == world.storage:
            raise StoreTrouble(StoreTrouble.UNREACHABLE)
        return real(account)

    with monkeypatch.context() as away:
        away.setattr(opening, "store_of", one_away)
        printer.archives()
    assert small in printer.objects()
    assert printer.reads() == (0, text(0, 1024))
    tidy_host(printer.vm.host, Objects(), 60)
    assert printer.objects() == [piece.blob for piece in printer.pieces()]
    assert [(piece.account, piece.start, piece.end) for piece in printer.pieces()] == [(other, 0, 1024)]
