"""Sealing and deleting take turns with whatever else waits for the same worker."""

from itertools import count

import pytest

from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing import expiring, jobs, sealing
from portal.fleet.sealing.sealing import seal_audit
from portal.fleet.services.holds import put_hold
from portal.fleet.stores.base import StoreTrouble
from tests.fleet.sealing.ages import keep
from tests.fleet.sealing.waiting import Waiting
from tests.world import SYSTEM, World


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Waiting:
    made = Waiting()
    monkeypatch.setattr("django_rq.get_queue", lambda name: made)
    return made


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is longer ago than a turn takes."""
    for module in (sealing, expiring):
        monkeypatch.setattr(module, "monotonic", count(0, jobs.SECONDS * 2).__next__)


def take(queue: Waiting) -> int:
    _id, (job, *args) = queue.jobs.pop(0)
    done: int = job(*args)
    return done


def test_who_has_more_goes_to_the_end_of_the_queue(
    world: World, queue: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = iter([0.0, 0.0, jobs.SECONDS] * 3)
    monkeypatch.setattr(sealing, "monotonic", lambda: next(half))
    jobs.keep_audits_job()
    queue.enqueue(lambda: 0, job_id="an export")
    assert take(queue) > 0
    assert AuditSeal.objects.count() == 1
    assert take(queue) == 0, "the other had its turn"
    assert take(queue) > 0
    assert take(queue) > 0
    assert (AuditSeal.objects.count(), queue.jobs) == (3, [])


def test_nobody_waits_twice_and_nobody_waits_under_an_id_that_was_had(
    world: World, queue: Waiting, slow: None
) -> None:
    seal_audit(tenant_id=world.contoso.id, seconds=10**6)
    keep(world, audit_days=50)
    for _hour in range(3):
        jobs.keep_audits_job()
    (first,) = queue.job_ids
    take(queue)
    (second,) = queue.job_ids
    jobs.keep_audits_job()
    assert queue.job_ids == [second]
    assert first != second, "RQ takes away what has the id of the job that just ended"


def test_files_on_hold_are_gone_past_however_many_turns_that_takes(
    world: World, queue: Waiting, slow: None
) -> None:
    seal_audit(tenant_id=world.contoso.id, seconds=10**6)
    keep(world, audit_days=50)
    oldest, *others = AuditSeal.objects.order_by("first_seq")
    put_hold(by=SYSTEM, tenant=world.contoso, resource=world.subscription, reason="case 7")
    jobs.keep_audits_job()
    assert [take(queue), take(queue), take(queue), take(queue)] == [0, 1, 1, 0]
    assert queue.jobs == []
    assert list(AuditSeal.objects.filter(deleted_at=None)) == [oldest]
    assert len(others) == 2


def test_a_turn_that_met_a_store_that_does_not_answer_fails_and_the_others_go_on(
    world: World, queue: Waiting, slow: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal_audit(tenant_id=world.contoso.id, seconds=10**6)
    keep(world, audit_days=50)
    real, away = expiring.store_of, iter([True])

    def store_of(account: object) -> object:
        if next(away, False):
            raise StoreTrouble(StoreTrouble.UNREACHABLE)
        return real(account)  # type: ignore[arg-type]

    monkeypatch.setattr(expiring, "store_of", store_of)
    jobs.keep_audits_job()
    with pytest.raises(StoreTrouble):
        take(queue)
    assert [take(queue), take(queue), take(queue)] == [1, 1, 0]
    assert queue.jobs == []
