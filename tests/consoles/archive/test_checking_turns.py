"""Tenants have their turns at being read back: whoever is slow, away or full of damage stops nobody else's, and is asked again itself."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from rq.timeouts import JobTimeoutException

from accounts.services.tenants import create_tenant
from consoles.archive.checking import check_host
from consoles.archive.jobs import CHECKING
from consoles.archive.objects import Objects
from consoles.models import ArchivedPiece, LineArchive, PieceState
from portal.fleet.models import StorageAccount
from portal.fleet.services.resources import create_resource_group, create_subscription
from portal.fleet.stores import opening
from portal.fleet.stores.opening import store_of
from tests.consoles.archive.printer import SEGMENT, Printer
from tests.fleet.stores.slow import slowed
from tests.world import SYSTEM, World

DRIPS, ASKED, MANY = 37.0, 4.0, 300


@pytest.fixture
def old(printer: Printer) -> Printer:
    """Five pieces whose turn it is; their tenant was asked a moment ago."""
    printer.prints(6 * SEGMENT)
    printer.archives()
    long_ago = timezone.now() - timedelta(days=40)
    for number, piece in enumerate(printer.pieces()):
        at = long_ago + timedelta(hours=number)
        ArchivedPiece.objects.filter(pk=piece.pk).update(checked_at=at, tried_at=at)
    LineArchive.objects.update(tried_at=timezone.now())
    return printer


def neighbour(name: str, host: str, count: int, state: str = PieceState.KEPT) -> StorageAccount:
    """Another tenant, whose pieces have waited longer, and of which its store has none."""
    tenant = create_tenant(by=SYSTEM, name=name, slug=name)
    subscription = create_subscription(by=SYSTEM, tenant=tenant, name="all")
    group = create_resource_group(by=SYSTEM, subscription=subscription, name="all")
    account = StorageAccount.objects.create(
        tenant=tenant, subscription=subscription, resource_group=group, name=name
    )
    store_of(account).put("logs/other", b"")
    line = LineArchive.objects.create(line_id=uuid4(), tenant=tenant, host=host)
    _fill(account, line, count, state, timezone.now() - timedelta(days=90))
    return account


def _fill(account: StorageAccount, line: LineArchive, count: int, state: str, at: datetime) -> None:
    ArchivedPiece.objects.bulk_create(
        ArchivedPiece(
            line_id=line.line_id, tenant_id=line.tenant_id, account=account, start=start, end=start + 1,
            first_ms=0, last_ms=0, blob=f"logs/{line.line_id}/{start}", stored_bytes=1, sha256="",
            state=state, checked_at=at, tried_at=at,
        )
        for start in range(10_000, 10_000 + count)
    )  # fmt: skip


def run(printer: Printer) -> None:
    check_host(printer.vm.host, Objects(), most=1 << 30, seconds=CHECKING)


def checked(printer: Printer) -> list[bool]:
    recent = timezone.now() - timedelta(days=1)
    return [piece.checked_at > recent for piece in printer.pieces()]


def test_three_dead_accounts_and_hundreds_of_damaged_pieces_leave_another_its_turn_in_the_next_run(
    world: World, old: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = old.vm.host
    dead = {neighbour(f"dead{number}", host, 50) for number in range(3)}
    neighbour("damaged", host, MANY, PieceState.DAMAGED)

    def takes(account: Any, _name: str) -> float:
        return 0.1 if account == world.storage else DRIPS if account in dead else ASKED

    clock = slowed(monkeypatch, takes)
    run(old)
    assert clock.monotonic() <= CHECKING
    run(old)
    assert checked(old) == [True] * 5
    assert clock.monotonic() <= 2 * CHECKING


def test_nobody_who_is_slow_keeps_its_turn(old: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = {neighbour(f"dead{number}", old.vm.host, 50) for number in range(5)}
    asked: list[Any] = []

    def takes(account: Any, name: str) -> float:
        asked.append((account, name))
        return DRIPS if account in dead else 0.1

    slowed(monkeypatch, takes)
    for _ in range(4):
        run(old)
    dead_asked = [(account, name) for account, name in asked if account in dead]
    assert {account for account, _name in dead_asked[:5]} == dead
    assert len(set(dead_asked)) == len(dead_asked), "none of them twice, while others have not been asked"


def test_damaged_pieces_keep_no_others_of_their_tenant_waiting(
    world: World, old: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, long_ago = old.row(), timezone.now() - timedelta(days=90)
    _fill(world.storage, line, MANY, PieceState.DAMAGED, long_ago)
    slowed(monkeypatch, lambda _account, name: 0.5)
    run(old)
    kept = [piece for piece in old.pieces() if piece.state == PieceState.KEPT]
    damaged = ArchivedPiece.objects.filter(state=PieceState.DAMAGED, checked_at__gt=long_ago)
    assert (len(kept), damaged.count()) == (5, 55), "half a minute is sixty of them"
    assert checked(old)[:5] == [True] * 5


@pytest.mark.parametrize(("seconds", "runs"), [(ASKED, 1), (DRIPS, 2)])
def test_a_slow_account_keeps_no_other_of_its_tenant_waiting(
    world: World, old: Printer, monkeypatch: pytest.MonkeyPatch, seconds: float, runs: int
) -> None:
    slow = StorageAccount.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="slow"
    )
    store_of(slow).put("logs/other", b"")
    _fill(slow, old.row(), MANY, PieceState.KEPT, timezone.now() - timedelta(days=90))
    theirs = ArchivedPiece.objects.filter(account=world.storage)
    theirs.update(archived_at=timezone.now() - timedelta(days=90))  # asked since, as the slow one never was
    for name in ("one", "another"):
        neighbour(name, old.vm.host, MANY)
    slowed(monkeypatch, lambda account, _name: seconds if account == slow else 0.1)
    for _ in range(runs):
        run(old)
    assert theirs.count() == 5
    assert not theirs.filter(checked_at__lt=timezone.now() - timedelta(days=1)).exists()


def test_a_piece_that_takes_too_long_is_last_the_next_time_and_is_asked_again(
    old: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_others = old.pieces()
    drips = {first.blob}
    slowed(monkeypatch, lambda _account, name: DRIPS if name in drips else 0.1)
    run(old)
    assert checked(old) == [False] * 5
    run(old)
    assert checked(old) == [False] + [True] * 4
    assert {piece.state for piece in old.pieces()} == {PieceState.KEPT}, "it says nothing about it"
    drips.clear()
    run(old)
    assert checked(old) == [True] * 5


def test_one_that_ends_its_worker_is_not_first_again(old: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_others = old.pieces()

    def takes(_account: Any, name: str) -> float:
        if name == first.blob:
            raise JobTimeoutException
        return 0.1

    slowed(monkeypatch, takes)
    neighbour("another", old.vm.host, 1)
    LineArchive.objects.filter(line_id=old.line_id).update(tried_at=None)
    LineArchive.objects.exclude(line_id=old.line_id).update(tried_at=timezone.now() - timedelta(days=1))
    with pytest.raises(JobTimeoutException):
        run(old)
    with pytest.raises(JobTimeoutException):
        run(old)
    assert checked(old) == [False] + [True] * 4
    assert ArchivedPiece.objects.filter(tenant__slug="another", state=PieceState.DAMAGED).exists()


def test_how_much_waits_makes_no_more_questions_of_the_database(
    old: Printer, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    neighbour("damaged", old.vm.host, MANY, PieceState.DAMAGED)
    slowed(monkeypatch, lambda _account, name: CHECKING / 6)
    with django_assert_max_num_queries(70):
        run(old)


def test_the_tenants_of_another_host_are_not_asked(old: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    account = neighbour("elsewhere", "rack-2", 3)
    asked: list[Any] = []
    real = store_of
    monkeypatch.setattr(opening, "store_of", lambda one: asked.append(one) or real(one))
    run(old)
    assert asked
    assert account not in asked
