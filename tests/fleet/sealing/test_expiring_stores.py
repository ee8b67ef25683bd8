"""Retention asks stores while nobody waits for it; a hold that is put meanwhile wins, and a store that does not answer stops no other."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts import actions
from accounts.models import AuditEntry
from portal.fleet.models import StorageAccount
from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing import checking, expiring
from portal.fleet.sealing.checking import check_seals
from portal.fleet.sealing.expiring import expire_audit
from portal.fleet.sealing.sealing import seal_audit
from portal.fleet.sealing.verifying import verify
from portal.fleet.services.holds import end_hold, put_hold
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.folder import FolderStore
from portal.fleet.stores.opening import store_of
from portal.fleet.stores.patience import TurnOver
from tests.fleet.sealing.ages import keep
from tests.world import SYSTEM, World

Act = Callable[..., Any]


@pytest.fixture
def sealed(world: World) -> World:
    """Files of 100, 90 and 60 days ago; those of more than eighty are due. The oldest is about all, the others about the tenant alone."""
    seal_audit(tenant_id=world.contoso.id, seconds=60)
    keep(world, audit_days=80)
    return world


def run(world: World) -> expiring.Turn:
    return expire_audit(tenant_id=world.contoso.id, seconds=60)


def files() -> list[AuditSeal]:
    return list(AuditSeal.objects.order_by("first_seq"))


def gone() -> list[bool]:
    return [seal.deleted_at is not None for seal in files()]


def hold(world: World) -> Any:
    return put_hold(by=SYSTEM, tenant=world.contoso, resource=world.contoso, reason="case 7")


def away(*args: object) -> None:
    raise StoreTrouble(StoreTrouble.FORBIDDEN)


def test_no_store_is_asked_while_others_wait(sealed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put_hold(by=SYSTEM, tenant=sealed.contoso, resource=sealed.other_vm, reason="case 7")
    depth, asked = len(connection.atomic_blocks), []

    def noted(name: str) -> Act:
        real = getattr(FolderStore, name)

        def noting(self: FolderStore, *args: Any) -> Any:
            asked.append((name, len(connection.atomic_blocks) - depth))
            return real(self, *args)

        return noting

    for name in ("get", "delete"):
        monkeypatch.setattr(FolderStore, name, noted(name))
    run(sealed)
    assert set(asked) == {("get", 0), ("delete", 0)}


def test_a_hold_that_is_put_while_others_are_asked_about_wins(
    sealed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = expiring.let_holds_wait

    def overtaken(tenant_id: Any) -> None:
        monkeypatch.setattr(expiring, "let_holds_wait", real)
        hold(sealed)
        real(tenant_id)

    monkeypatch.setattr(expiring, "let_holds_wait", overtaken)
    assert run(sealed).deleted == 0
    assert gone() == [False] * 3
    assert all(store_of(seal.account).get(seal.blob) for seal in files())


def test_a_hold_that_is_put_while_the_store_is_away_wins(
    sealed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(FolderStore, "delete", away)
        assert isinstance(run(sealed).trouble, StoreTrouble)
    assert files()[0].leaving_at
    held = hold(sealed)
    assert run(sealed).deleted == 0
    assert files()[0].leaving_at is None, "it stays, and is read back again"
    end_hold(by=SYSTEM, hold=held)
    assert run(sealed).deleted == 2


def test_one_that_is_kept_after_all_is_read_back_again(
    sealed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(FolderStore, "delete", away)
        run(sealed)
    keep(sealed, audit_days=None)
    first = files()[0]
    AuditSeal.objects.update(checked_at=first.last_at)
    store_of(first.account).put(first.blob, b"something else")
    check_seals(most=1 << 30, seconds=60)
    assert not AuditSeal.objects.exclude(damaged_at=None).exists()
    AuditSeal.objects.filter(id=first.id).update(leaving_at=timezone.now() - timedelta(days=2))
    check_seals(most=1 << 30, seconds=60)
    assert AuditSeal.objects.exclude(damaged_at=None).get() == first


def test_one_that_went_before_the_hold_is_said_to_be_deleted(
    sealed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its worker was killed, and said nothing."""

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(expiring, "_say_deleted", killed)
        with pytest.raises(KeyboardInterrupt):
            run(sealed)
    assert gone() == [False] * 3
    AuditSeal.objects.update(checked_at=files()[0].last_at)
    check_seals(most=1 << 30, seconds=60)
    assert not AuditSeal.objects.exclude(damaged_at=None).exists(), "the portal deleted it itself"
    hold(sealed)
    assert run(sealed).deleted == 1
    assert gone() == [True, False, False]
    assert AuditEntry.objects.filter(action=actions.AUDIT_EXPIRE).count() == 1
    assert list(verify()) == []


def test_one_that_is_looked_for_meanwhile_is_not_called_damaged(
    sealed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is read, then the file goes, then it is looked for."""
    AuditSeal.objects.update(checked_at=files()[0].last_at)

    def about_to_say(_tenant: object, _seal: AuditSeal) -> int:
        return 0

    with monkeypatch.context() as patched:
        patched.setattr(expiring, "_say_deleted", about_to_say)
        real = checking.open_seal
        patched.setattr(checking, "open_seal", lambda seal: (run(sealed), real(seal))[1])
        check_seals(most=1 << 30, seconds=60)
    assert not AuditSeal.objects.exclude(damaged_at=None).exists()


@pytest.mark.parametrize("trouble", [StoreTrouble(StoreTrouble.FORBIDDEN), TurnOver()])
def test_an_account_that_does_not_answer_stops_no_other(
    sealed: World, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    other = StorageAccount.objects.create(
        tenant=sealed.contoso, subscription=sealed.subscription, resource_group=sealed.group, name="other"
    )
    keep(sealed, audit_days=50)
    AuditSeal.objects.filter(id__in=[seal.id for seal in files()[:2]]).update(account=other)
    asked, real = [], expiring.store_of

    def opened(account: StorageAccount | None) -> Any:
        asked.append(account)
        if account == other:
            raise trouble
        return real(account)

    monkeypatch.setattr(expiring, "store_of", opened)
    turn = run(sealed)
    assert (turn.deleted, turn.trouble, turn.after) == (1, trouble, None)
    assert gone() == [False, False, True]
    assert asked == [other, sealed.storage], "it is asked once"


def test_what_a_store_said_is_kept_on_its_account(sealed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FolderStore, "delete", away)
    run(sealed)
    sealed.storage.refresh_from_db()
    assert sealed.storage.last_error == StoreTrouble.FORBIDDEN


def test_a_hold_on_the_whole_tenant_needs_no_file_to_be_read(
    sealed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(sealed)
    monkeypatch.setattr(FolderStore, "get", away)
    assert run(sealed) == expiring.Turn()
