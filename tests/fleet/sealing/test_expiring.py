from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import actions
from accounts.models import AuditEntry
from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing import expiring
from portal.fleet.sealing.expiring import expire_audit
from portal.fleet.sealing.jobs import expire_audit_job, keep_audits_job, seal_audit_job
from portal.fleet.sealing.sealing import seal_audit
from portal.fleet.sealing.verifying import verify
from portal.fleet.services.holds import end_hold, put_hold
from portal.fleet.stores.opening import store_of
from tests.fleet.sealing.ages import days_ago, in_table, keep, sealed_entries, write
from tests.fleet.sealing.waiting import Job, Waiting
from tests.world import SYSTEM, World

Clock = Callable[[], list[Job]]


@pytest.fixture
def sealed(world: World) -> World:
    """Files of 100, 90 and 60 days ago; those of more than eighty are due."""
    seal_audit(tenant_id=world.contoso.id, seconds=60)
    keep(world, audit_days=80)
    return world


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Its turn, with a worker that takes all that is enqueued. Returns what that was."""
    queue = Waiting()
    monkeypatch.setattr("django_rq.get_queue", lambda name: queue)

    def turn() -> list[Job]:
        done: list[Job] = []
        keep_audits_job()
        while queue.jobs:
            _id, job = queue.jobs.pop(0)
            job[0](*job[1:])
            done.append(job)
        return done

    return turn


def run(world: World) -> int:
    return expire_audit(tenant_id=world.contoso.id, seconds=60).deleted


def test_files_whose_time_is_over_go_whole_and_the_chain_stays_provable(sealed: World) -> None:
    assert expiring.due() == [sealed.contoso.id]
    assert run(sealed) == 2
    assert list(verify()) == []
    kept = AuditSeal.objects.get(deleted_at=None)
    assert list(store_of(sealed.storage).names("audit/")) == [kept.blob]
    assert [entry.seq for entry in sealed_entries(sealed)][-1] == kept.first_seq
    assert expiring.due() == []
    assert run(sealed) == 0


def test_each_deletion_is_recorded(sealed: World) -> None:
    run(sealed)
    gone = AuditSeal.objects.exclude(deleted_at=None).order_by("first_seq")
    told = AuditEntry.objects.filter(action=actions.AUDIT_EXPIRE).order_by("seq")
    assert [one.details["sha256"] for one in told] == [seal.sha256 for seal in gone]
    assert told[0].details["first"] == 1
    assert {(one.principal_name, one.scope) for one in told} == {("retention", sealed.contoso.scope)}


def test_a_tenant_that_deletes_nothing_keeps_its_files(sealed: World) -> None:
    keep(sealed, audit_days=None)
    assert expiring.due() == []
    assert AuditSeal.objects.filter(deleted_at=None).count() == 3


def test_entries_that_are_not_sealed_are_never_deleted(sealed: World, clock: Clock) -> None:
    entries = in_table(sealed)
    keep(sealed, seal_after_days=None, audit_days=80)
    with days_ago(-500):
        clock()
        assert in_table(sealed)[: len(entries)] == entries
        keep(sealed, audit_days=80)
        clock()
    assert not set(in_table(sealed)) & set(entries), "it is sealing that takes them out"


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


def test_the_clock_makes_a_job_for_each_tenant_that_has_something_to_do(world: World, clock: Clock) -> None:
    assert clock() == [(seal_audit_job, str(world.contoso.id))]
    assert AuditSeal.objects.count() == 3
    keep(world, audit_days=80)
    assert clock() == [(expire_audit_job, str(world.contoso.id))]
    assert AuditSeal.objects.filter(deleted_at=None).count() == 1
    assert clock() == []
