from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from pytest_django import Settings

from accounts import actions
from accounts.models import AuditEntry, Tenant
from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing import expiring
from portal.fleet.sealing.expiring import expire_audit
from portal.fleet.sealing.jobs import expire_audit_job, keep_audits_job, seal_audit_job
from portal.fleet.sealing.reading import each
from portal.fleet.sealing.sealing import seal_audit
from portal.fleet.sealing.verifying import verify
from portal.fleet.services.holds import end_hold, put_hold
from portal.fleet.stores.opening import store_of
from portal.fleet.stores.told import Told
from tests.fleet.sealing.ages import days_ago, keep, write
from tests.world import SYSTEM, World


@pytest.fixture
def sealed(world: World) -> World:
    """Files of 100, 90 and 60 days ago; those of more than eighty are due."""
    seal_audit(tenant_id=world.contoso.id, seconds=60)
    keep(world, audit_days=80)
    return world


def run(world: World) -> int:
    return expire_audit(tenant_id=world.contoso.id)


def test_files_whose_time_is_over_go_whole_and_the_chain_stays_provable(sealed: World) -> None:
    assert expiring.due() == [sealed.contoso.id]
    assert run(sealed) == 2
    assert list(verify()) == []
    kept = AuditSeal.objects.get(deleted_at=None)
    assert list(store_of(sealed.storage).names("audit/")) == [kept.blob]
    assert [entry.seq for entry in each(sealed.contoso.id)][-1] == kept.first_seq
    assert expiring.due() == []
    assert run(sealed) == 0


def test_each_deletion_is_recorded(sealed: World) -> None:
    run(sealed)
    gone = AuditSeal.objects.exclude(deleted_at=None).order_by("first_seq")
    told = AuditEntry.objects.filter(action=actions.AUDIT_EXPIRE).order_by("seq")
    assert [one.details["sha256"] for one in told] == [seal.sha256 for seal in gone]
    assert told[0].details["first"] == 1


def test_a_tenant_that_deletes_nothing_keeps_its_files(sealed: World) -> None:
    keep(sealed, audit_days=None)
    assert expiring.due() == []
    assert AuditSeal.objects.filter(deleted_at=None).count() == 3


def test_entries_that_are_not_sealed_are_never_deleted(sealed: World) -> None:
    keep(sealed, seal_after_days=None, audit_days=80)
    count = AuditEntry.objects.count()
    with days_ago(-500):
        run(sealed)
    assert AuditEntry.objects.exclude(action=actions.AUDIT_EXPIRE).count() == count


def test_a_hold_on_one_machine_keeps_the_files_that_have_its_entries(world: World) -> None:
    write_about_vm(world)
    keep(world, audit_days=80)
    hold = put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="case 7")
    with days_ago(-200):
        seal_audit(tenant_id=world.contoso.id, seconds=60)
        due = AuditSeal.objects.filter(last_at__lt=timezone.now() - timedelta(80)).count()
        deleted = run(world)
        held = AuditSeal.objects.filter(deleted_at=None, first_at__lt=timezone.now() - timedelta(80)).count()
        assert deleted > 0
        assert held > 0
        assert deleted + held == due
        end_hold(by=SYSTEM, hold=hold)
        assert run(world) == held


def write_about_vm(world: World) -> None:
    write(world.contoso, scope=world.vm.scope + "/providers/Microsoft.SerialConsole/serialPorts/0")


def test_a_hold_on_the_tenant_keeps_everything(sealed: World) -> None:
    hold = put_hold(by=SYSTEM, tenant=sealed.contoso, resource=sealed.contoso, reason="case 7")
    assert run(sealed) == 0
    end_hold(by=SYSTEM, hold=hold)
    assert run(sealed) == 2


def test_under_a_hold_a_file_that_cannot_be_read_is_left_alone(sealed: World) -> None:
    put_hold(by=SYSTEM, tenant=sealed.contoso, resource=sealed.vm, reason="case 7")
    first = AuditSeal.objects.order_by("first_seq")[0]
    store_of(first.account).put(first.blob, b"rubbish")
    run(sealed)
    first.refresh_from_db()
    assert first.deleted_at is None


def test_a_hold_and_the_clock_wait_for_each_other(sealed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []
    lock, delete = QuerySet.select_for_update, Told.delete

    def locking(self: Any, **options: Any) -> Any:
        done.append((self.model, connection.in_atomic_block))
        return lock(self, **options)

    def deleting(self: Any, name: str) -> None:
        done.append("delete")
        delete(self, name)

    monkeypatch.setattr(QuerySet, "select_for_update", locking)
    monkeypatch.setattr(Told, "delete", deleting)
    put_hold(by=SYSTEM, tenant=sealed.fabrikam, resource=sealed.fabrikam, reason="case 7")
    assert done[0] == (Tenant, True)
    done.clear()
    assert run(sealed) == 2
    assert [done[at - 1] for at, one in enumerate(done) if one == "delete"] == [(Tenant, True)] * 2


def test_the_clock_makes_a_job_for_each_tenant_that_has_something_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    enqueued: list[tuple[object, str]] = []

    class Queue:
        def enqueue(self, job: object, tenant: str, **options: object) -> None:
            enqueued.append((job, tenant))

    monkeypatch.setattr("django_rq.get_queue", lambda name: Queue())
    assert keep_audits_job() == 1
    assert enqueued == [(seal_audit_job, str(world.contoso.id))]
    assert seal_audit_job(enqueued[0][1]) > 0
    keep(world, audit_days=80)
    enqueued.clear()
    keep_audits_job()
    assert enqueued == [(expire_audit_job, str(world.contoso.id))]
    assert expire_audit_job(enqueued[0][1]) == 2
    enqueued.clear()
    assert keep_audits_job() == 0
