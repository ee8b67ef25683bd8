"""What is archived is read back in turn, within a budget: damage is found before anybody reads, told of once, and hides no neighbour."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db.models import F
from django.utils import timezone
from redis import Redis
from rq import Queue
from structlog.testing import capture_logs

from consoles.archive import jobs, queue
from consoles.archive.checking import check_host
from consoles.archive.objects import Objects
from consoles.models import ArchivedPiece, PieceState
from portal.fleet.models import StorageAccount
from portal.fleet.stores import opening
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.opening import store_of
from tests.consoles.archive.mortal import Killed, dying_at
from tests.consoles.archive.printer import SEGMENT, Printer
from tests.consoles.archive.test_trouble import store_away
from tests.consoles.record.printing import text
from tests.world import World

ALL = 1 << 30


@pytest.fixture
def old(printer: Printer) -> Printer:
    """Five pieces whose turn it is, the oldest first."""
    printer.prints(6 * SEGMENT)
    printer.archives()
    long_ago = timezone.now() - timedelta(days=40)
    for number, piece in enumerate(printer.pieces()):
        ArchivedPiece.objects.filter(pk=piece.pk).update(checked_at=long_ago + timedelta(hours=number))
    return printer


def check(printer: Printer, most: int = ALL) -> int:
    return check_host(printer.vm.host, Objects(), most=most, seconds=60)


def checked(printer: Printer) -> list[bool]:
    recent = timezone.now() - timedelta(days=1)
    return [piece.checked_at > recent for piece in printer.pieces()]


def states(printer: Printer) -> list[str]:
    return [piece.state for piece in printer.pieces()]


def change(piece: ArchivedPiece) -> bytes:
    """What it was."""
    store = store_of(piece.account)
    whole = store.get(piece.blob)
    store.put(piece.blob, b"x" + whole[1:])
    return whole


def test_it_finds_a_changed_and_a_missing_piece_and_leaves_the_rest_alone(old: Printer) -> None:
    _first, changed, _third, missing, _last = old.pieces()
    change(changed)
    store_of(missing.account).delete(missing.blob)
    with capture_logs() as logs:
        check(old)
        check(old)
    assert states(old) == ["kept", "damaged", "kept", "damaged", "kept"]
    told = [log for log in logs if log["event"] == "archived_piece_damaged"]
    assert [log["name"] for log in told] == [changed.blob, missing.blob]
    assert checked(old) == [True] * 5
    printed = text(0, old.printed)
    assert old.reads()[1][:SEGMENT] == printed[:SEGMENT]


def test_what_is_whole_again_is_kept_again(old: Printer) -> None:
    damaged = old.pieces()[1]
    whole = change(damaged)
    check(old)
    store_of(damaged.account).put(damaged.blob, whole)
    check(old)
    assert states(old)[1] == "damaged", "it is read once a day"
    ArchivedPiece.objects.update(checked_at=F("checked_at") - timedelta(days=1))
    check(old)
    assert states(old) == ["kept"] * 5
    assert {piece.damaged_at for piece in old.pieces()} == {None}


def test_it_goes_on_where_the_budget_ended(old: Printer) -> None:
    one = old.pieces()[0].stored_bytes
    check(old, most=one + 1)
    assert checked(old) == [True, True, False, False, False]
    check(old, most=1)
    assert checked(old) == [True, True, True, False, False]
    assert check_host(old.vm.host, Objects(), most=ALL, seconds=-1) == 0
    check(old)
    assert checked(old) == [True] * 5


def test_what_was_read_within_the_month_is_not_read_again(old: Printer) -> None:
    assert check(old) > 0
    assert check(old) == 0
    assert check_host("rack-2", Objects(), most=ALL, seconds=60) == 0
    ArchivedPiece.objects.update(checked_at=timezone.now() - timedelta(days=30))
    assert check_host("rack-2", Objects(), most=ALL, seconds=60) == 0, "that is another host's"
    assert check(old) > 0


def test_what_is_written_is_taken_for_read(printer: Printer) -> None:
    printer.prints(4 * SEGMENT)
    printer.archives()
    assert check(printer) == 0


def test_a_store_that_is_away_says_nothing_about_its_pieces_and_holds_up_no_other(
    world: World, old: Printer
) -> None:
    other = StorageAccount.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="contosonew"
    )
    with store_away():
        check(old)
    assert (states(old), checked(old)) == (["kept"] * 5, [False] * 5)
    newest = old.pieces()[-1]
    blob = store_of(newest.account).get(newest.blob)
    store_of(other).put(newest.blob, blob)
    ArchivedPiece.objects.filter(pk=newest.pk).update(account=other)
    real = opening.store_of

    def one_away(account: Any) -> Any:
        if account == world.storage:
            raise StoreTrouble(StoreTrouble.UNREACHABLE)
        return real(account)

    with patch.object(opening, "store_of", one_away):
        check(old)
    assert checked(old) == [False] * 4 + [True]


@pytest.mark.parametrize("step", range(12))
def test_killed_anywhere_it_goes_on(old: Printer, step: int) -> None:
    change(old.pieces()[1])
    with dying_at(step), pytest.raises(Killed):
        check(old)
    check(old)
    assert (states(old), checked(old)) == (["kept", "damaged", "kept", "kept", "kept"], [True] * 5)


def test_a_piece_that_left_meanwhile_is_not_called_damaged(old: Printer) -> None:
    leaving = old.pieces()[0]
    real = Objects.get

    def get(self: Objects, account: Any, name: str, most: int) -> bytes:
        if name == leaving.blob:
            ArchivedPiece.objects.filter(pk=leaving.pk).update(state=PieceState.LEAVING)
            store_of(account).delete(name)
        return real(self, account, name, most)

    with patch.object(Objects, "get", get):
        check(old)
    assert states(old) == ["leaving", "kept", "kept", "kept", "kept"]


def test_every_host_has_its_turn_however_busy_it_is(
    printer: Printer, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "get_connection", lambda name: redis)
    for _ in range(10):
        jobs.look_after_archives_job()
    jobs.check_archives_job()
    *others, last = Queue("archive.local", connection=redis).jobs
    assert (len(others), last.func_name, last.ttl) == (queue.MOST_WAITING, queue.CHECK, queue.HOUR)


def test_no_budget_is_no_reading(old: Printer, settings: Any) -> None:
    settings.STORE_CHECK_MIB = 0
    assert jobs.check_host_job(old.vm.host) == 0
    settings.STORE_CHECK_MIB = 1
    assert jobs.check_host_job(old.vm.host) > 0
