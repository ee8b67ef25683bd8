"""Tenants take turns with alerts: however many one has, and however slowly its targets answer, others wait for one at a time."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import Q
from django.utils import timezone
from redis import Redis
from rq import Queue

from portal.fleet.alerts import delivering, jobs
from portal.fleet.alerts.making import make_alerts
from portal.fleet.models import Alert, AlertTarget, Sighting, VirtualMachine
from portal.fleet.services.alerts import add_alert_target
from portal.fleet.targets import failures, turns
from portal.fleet.targets.failures import NotDelivered
from portal.run import plan
from portal.run.options import Options
from tests import world as worlds
from tests.accounts import test_jobs
from tests.world import World

Served = list[tuple[str, str]]
redis = test_jobs.redis


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Served:
    """Whose targets were told, and which."""
    found: Served = []

    def send(target: AlertTarget, alert_id: str, alert: Alert | None) -> None:
        found.append((target.tenant.slug, target.address))
        if "broken" in target.address:
            raise NotDelivered(failures.SILENT)

    monkeypatch.setattr(delivering, "send", send)
    return found


def aim(world: World, tenant: str, *names: str) -> None:
    for name in names:
        add_alert_target(
            by=worlds.SYSTEM,
            tenant=getattr(world, tenant),
            kind="webhook",
            address=f"https://{name}.example/",
        )


def crash(vm: VirtualMachine, *kinds: str) -> list[Alert]:
    seen = [Sighting.objects.create(vm=vm, kind=kind, at=timezone.now()) for kind in kinds]
    return [alert for one in seen for alert in make_alerts(one)]


def tenants(served: Served, act: Callable[[], object], times: int) -> list[str]:
    before = len(served)
    for _ in range(times):
        act()
    return [tenant for tenant, _address in served[before:]]


def test_a_tenant_with_many_gets_every_other_turn_while_another_waits(world: World, served: Served) -> None:
    aim(world, "contoso", "a", "b", "c")
    aim(world, "fabrikam", "pager")
    crash(world.vm, "panic", "oops", "emergency", "fsck")
    assert tenants(served, jobs.deliver_alert_job, 3) == ["contoso"] * 3
    assert len({address for _tenant, address in served}) == 3, "its own targets take turns, too"
    crash(world.foreign_vm, "panic", "fsck")
    after = ["fabrikam", "contoso", "fabrikam", "contoso", "contoso"]
    assert tenants(served, jobs.deliver_alert_job, 5) == after


def test_a_try_that_failed_was_a_turn_and_the_target_rests(world: World, served: Served) -> None:
    aim(world, "contoso", "broken-1", "broken-2")
    aim(world, "fabrikam", "pager")
    crash(world.vm, "panic", "oops")
    crash(world.foreign_vm, "panic", "oops")
    after = ["contoso", "fabrikam", "contoso", "fabrikam"]
    assert tenants(served, jobs.deliver_alert_job, 6) == after
    assert (Alert.objects.filter(delivered_at=None).count(), delivering.waiting(10)) == (4, 0)
    AlertTarget.objects.update(last_error_at=timezone.now() - failures.FIRST)
    assert delivering.waiting(10) == 2, "those that were not tried yet"


def test_what_nobody_tried_for_a_day_is_given_up_by_the_clock(world: World, served: Served) -> None:
    aim(world, "contoso", "a")
    old, claimed, fresh = crash(world.vm, "panic", "oops", "fsck")
    long_ago, soon = timezone.now() - delivering.WHOLE, timezone.now() + timedelta(minutes=1)
    Alert.objects.filter(~Q(id=fresh.id)).update(made_at=long_ago)
    Alert.objects.filter(id=claimed.id).update(next_try_at=soon)
    jobs.deliver_waiting_alerts_job()
    assert list(Alert.objects.filter(given_up_at=None).order_by("made_at")) == [claimed, fresh]
    old.refresh_from_db()
    assert old.next_try_at is None
    assert delivering.next_alert() == fresh.id


def test_turns_that_are_enqueued_already_count(
    world: World,
    served: Served,
    redis: Redis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queue = Queue("alerts", connection=redis)
    monkeypatch.setattr(turns.django_rq, "get_queue", lambda name: queue)
    aim(world, "contoso", "a", "b")
    crash(world.vm, "panic")
    for _ in range(2):
        jobs.deliver_soon()
    assert queue.count == 2
    crash(world.vm, "fsck")
    jobs.deliver_waiting_alerts_job()
    assert queue.count == 4
    assert all(job.args == () for job in queue.get_jobs()), "they name nobody"


def test_the_worker_of_alerts_and_forwarding_goes_round() -> None:
    command = next(one.command for one in plan.processes(Options(var=Path())) if one.name == "alerts")
    assert command[-4:] == ("--worker-class", "rq.worker.RoundRobinWorker", "alerts", "forwarding")
