"""A target that was away while entries were sealed gets them from their files, before those that are still in the table."""

from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.models import AuditChain, AuditEntry
from portal.fleet.forwarding import entries
from portal.fleet.forwarding.sending import forward
from portal.fleet.models import AuditSeal, ForwardKind, ForwardTarget
from portal.fleet.sealing import reading
from portal.fleet.sealing.sealing import seal_audit
from portal.fleet.services.forwarding import add_forward_target
from tests import world as worlds
from tests.fleet.forwarding.receiver import fields_of, receiving
from tests.fleet.forwarding.test_syslog import again, happen
from tests.fleet.sealing.ages import days_ago, keep
from tests.world import World


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.STORES = tmp_path / "stores"
    with days_ago(101):
        return worlds.build()


@pytest.fixture
def target(world: World) -> ForwardTarget:
    """Added a hundred days ago; what happened on two days since then is sealed, and what happens today is not."""
    with days_ago(100):
        target, _secret = add_forward_target(
            by=worlds.SYSTEM, tenant=world.contoso, kind="syslog", address="logs.example"
        )
    for days in (90, 60):
        with days_ago(days):
            happen(world, 3, reason="ticket 17")
    keep(world)
    happen(world, 2)
    return target


def test_it_gets_what_was_sealed_and_then_what_was_not(
    target: ForwardTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(entries.MOST, ForwardKind.SYSLOG, 4)
    assert seal_audit(tenant_id=target.tenant_id, seconds=20)
    assert not AuditEntry.objects.filter(chain__tenant=target.tenant_id, seq=target.done_seq + 1).exists()
    newest = AuditChain.objects.get(tenant=target.tenant_id).seq
    with receiving(tmp_path / "tls") as receiver:
        ForwardTarget.objects.update(address=receiver.address, authority=receiver.authority)
        forward(target.id)
        assert receiver.numbers == list(range(target.done_seq + 1, newest + 1))
        assert fields_of(receiver.messages[1])["details"] == '{"reason":"ticket 17"}'


def test_each_file_is_opened_once_in_a_turn(
    target: ForwardTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(entries.MOST, ForwardKind.SYSLOG, 1)
    assert seal_audit(tenant_id=target.tenant_id, seconds=20)
    opened: list[int] = []
    real = reading.open_seal

    def noted(seal: AuditSeal) -> list[AuditEntry]:
        opened.append(seal.first_seq)
        return real(seal)

    monkeypatch.setattr(reading, "open_seal", noted)
    files = AuditSeal.objects.filter(last_seq__gt=target.done_seq).order_by("first_seq")
    with receiving(tmp_path / "tls") as receiver:
        ForwardTarget.objects.update(address=receiver.address, authority=receiver.authority)
        sent = forward(target.id)
        assert receiver.numbers == list(range(target.done_seq + 1, target.done_seq + 1 + sent))
    assert opened == list(files.values_list("first_seq", flat=True))
    assert sent > len(opened) + 1


def test_a_file_that_cannot_be_read_just_now_is_waited_for(target: ForwardTarget, tmp_path: Path) -> None:
    assert seal_audit(tenant_id=target.tenant_id, seconds=20)
    (tmp_path / "stores").rename(tmp_path / "away")
    with receiving(tmp_path / "tls") as receiver:
        ForwardTarget.objects.update(address=receiver.address, authority=receiver.authority)
        assert forward(target.id) == 0
        target.refresh_from_db()
        assert target.last_error == "entries_gone"
        (tmp_path / "away").rename(tmp_path / "stores")
        begun = target.done_seq
        again(target)
        assert receiver.numbers[0] == begun + 1


def test_what_the_retention_has_deleted_is_passed_over(target: ForwardTarget, tmp_path: Path) -> None:
    assert seal_audit(tenant_id=target.tenant_id, seconds=20)
    first, *_rest = AuditSeal.objects.filter(last_seq__gt=target.done_seq).order_by("first_seq")
    AuditSeal.objects.filter(id=first.id).update(deleted_at=first.sealed_at)
    with receiving(tmp_path / "tls") as receiver:
        ForwardTarget.objects.update(address=receiver.address, authority=receiver.authority)
        forward(target.id)
        assert receiver.numbers[0] == first.last_seq + 1
