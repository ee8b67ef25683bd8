"""What is wrong with one line, whatever it is, stops no other line of its host; and it is not first for ever."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rq.timeouts import JobTimeoutException

from consoles.archive import rounds
from consoles.archive.lines import Line
from consoles.models import LineArchive
from consoles.record.segment import Segment
from portal.fleet.models import VirtualMachine
from portal.fleet.stores import opening
from portal.fleet.stores.base import Missing
from portal.fleet.stores.folder import FolderStore
from tests.consoles.archive.printer import SEGMENT, Printer


@pytest.fixture
def other(printer: Printer, settings: Any) -> Printer:
    """web-2 prints too, into the portal's own store."""
    vm = VirtualMachine.objects.get(tenant=printer.vm.tenant, name="web-2")
    VirtualMachine.objects.filter(id=vm.id).update(diagnostics_account=None, power_state="running")
    other = Printer(vm, settings.SPOOL)
    for one in (printer, other):
        one.prints(3 * SEGMENT)
    return other


def test_a_folder_that_is_removed_meanwhile_stops_no_other_line(
    printer: Printer, other: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = opening.store_of

    class Removed(FolderStore):
        def put(self, name: str, data: bytes) -> None:
            raise Missing(name)

    def removed(account: Any) -> Any:
        return Removed(opening.settings.STORES) if account else real(account)

    monkeypatch.setattr(opening, "store_of", removed)
    printer.archives()
    assert printer.pieces() == []
    assert len(other.pieces()) == 2


def failing(printer: Printer, error: Exception) -> Callable[..., bool]:
    real = rounds.has_news

    def has_news(line: Line, known: LineArchive | None, segments: list[Segment]) -> bool:
        if line.id == printer.line_id:
            raise error
        return real(line, known, segments)

    return has_news


def test_one_that_always_fails_has_its_turn_behind_the_others(
    printer: Printer, other: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer.archives()
    LineArchive.objects.update(looked_at=None)
    other.prints(SEGMENT)
    began = timezone.now()
    monkeypatch.setattr(rounds, "has_news", failing(printer, ValueError("nobody knows why")))
    looked_at = printer.archives().looked_at
    assert looked_at
    assert looked_at >= began
    assert len(other.pieces()) == 3


def test_the_end_of_its_time_ends_the_job(
    printer: Printer, other: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "has_news", failing(printer, JobTimeoutException()))
    with pytest.raises(JobTimeoutException):
        printer.archives()
