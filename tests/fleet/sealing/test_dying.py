"""Killed at any step and begun again, sealing and deleting by retention lose nothing, double nothing and leave nothing behind."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts import actions
from accounts.models import AuditEntry
from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing import expiring, sealing
from portal.fleet.sealing.expiring import expire_audit
from portal.fleet.sealing.sealing import seal_audit
from portal.fleet.sealing.verifying import verify
from portal.fleet.stores.opening import store_of
from tests.fleet.sealing.ages import chain_of, keep, sealed_entries
from tests.world import World


class Killed(BaseException):
    """Nothing catches it."""


class Steps:
    """Dies before and after each thing that leaves a trace: writing an object, reading it, deleting it, committing."""

    def __init__(self, die_at: int) -> None:
        self.left = die_at

    def step(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed

    def around(self, act: Any) -> Any:
        def stepped(*args: Any, **kwargs: Any) -> Any:
            self.step()
            done = act(*args, **kwargs)
            self.step()
            return done

        return stepped


class DyingStore:
    def __init__(self, store: Any, steps: Steps) -> None:
        self.put, self.get, self.delete = (steps.around(act) for act in (store.put, store.get, store.delete))


@pytest.fixture
def dying(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def at(number: int) -> Steps:
        monkeypatch.undo()
        steps = Steps(number)
        for module in (sealing, expiring):
            monkeypatch.setattr(module, "store_of", lambda account: DyingStore(store_of(account), steps))
        monkeypatch.setattr(sealing, "_take_out", steps.around(sealing._take_out))
        monkeypatch.setattr(sealing.audit, "release", steps.around(sealing.audit.release))
        monkeypatch.setattr(expiring, "_say_deleted", steps.around(expiring._say_deleted))
        monkeypatch.setattr(sealing.audit, "record", steps.around(sealing.audit.record))
        return steps

    yield at
    monkeypatch.undo()


def until_it_survives(dying: Any, act: Any, between: Any = None) -> int:
    """Dies at the first step, is begun again and dies at the second …: each new run must cope with what the last one left."""
    number = 0
    while True:
        number += 1
        dying(number)
        try:
            act()
        except Killed:
            assert between is None or list(between()) == []
            continue
        return number


def blobs(world: World) -> set[str]:
    return set(store_of(world.storage).names("audit/"))


def test_sealing_that_dies_at_every_step_seals_each_entry_once(world: World, dying: Any) -> None:
    last = chain_of(world).seq - 3
    steps = until_it_survives(dying, lambda: seal_audit(tenant_id=world.contoso.id, seconds=60), verify)
    assert steps > 8, "it died at each of a piece's steps"
    assert [entry.seq for entry in sealed_entries(world)] == list(range(last, 0, -1))
    assert AuditSeal.objects.count() == AuditEntry.objects.filter(action=actions.AUDIT_SEAL).count() == 3
    assert blobs(world) == set(AuditSeal.objects.values_list("blob", flat=True))
    assert list(verify()) == []


def test_deleting_that_dies_at_every_step_records_each_file_once(world: World, dying: Any) -> None:
    seal_audit(tenant_id=world.contoso.id, seconds=60)
    keep(world, audit_days=80)
    steps = until_it_survives(dying, lambda: expire_audit(tenant_id=world.contoso.id, seconds=60))
    assert steps > 5
    assert AuditSeal.objects.exclude(deleted_at=None).count() == 2
    assert AuditEntry.objects.filter(action=actions.AUDIT_EXPIRE).count() == 2
    assert len(blobs(world)) == 1
    assert list(verify()) == []
