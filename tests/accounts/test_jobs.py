import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone
from redis import Redis
from rq import Queue, SimpleWorker
from rq.cron import CronScheduler

from accounts import actions, events
from accounts.access import decide
from accounts.jobs import end_expired_rights_job, prune_job
from accounts.models import (
    ApiToken,
    AuditEntry,
    Invitation,
    RoleAssignment,
    ServicePrincipalSecret,
    SignIn,
    SignInThrottle,
    StaffGrant,
)
from accounts.roles import OWNER, READER, VM_CONTRIBUTOR
from accounts.services.tenants import grant_staff, invite
from portal.run import redis_server
from tests.world import SYSTEM, World, role

LONG_AGO = timedelta(days=400)


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What goes out on commit."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(events, "_send", lambda group, message: sent.append(message))
    return sent


def expire(assignment: RoleAssignment) -> None:
    RoleAssignment.objects.filter(id=assignment.id).update(expires_at=timezone.now() - timedelta(seconds=1))


def test_an_expired_assignment_is_removed_audited_and_announced_once(
    world: World, announced: list[dict[str, Any]], django_capture_on_commit_callbacks: Any
) -> None:
    user = world.people["contributor"]
    expired = RoleAssignment.objects.get(principal_id=user.id, scope=world.vm.scope)
    expire(expired)
    with django_capture_on_commit_callbacks(execute=True):
        assert (end_expired_rights_job(), end_expired_rights_job()) == (1, 0)
    assert not RoleAssignment.objects.filter(id=expired.id).exists()
    entry = AuditEntry.objects.get(action=actions.ASSIGNMENT_DELETE)
    assert (entry.principal_kind, entry.principal_name, entry.scope) == ("System", "schedule", world.vm.scope)
    assert entry.details["role"] == "Virtual Machine Contributor"
    assert announced == [
        {"type": events.ACCESS_CHANGED, "tenant": str(world.contoso.id), "principal": str(user.id)}
    ]
    assert not decide(world.principal("contributor"), actions.CONNECT, world.vm).allowed
    assert decide(world.principal("owner"), actions.CONNECT, world.vm).allowed


def test_an_assignment_that_was_prolonged_meanwhile_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.services import expiry

    stale = RoleAssignment.objects.select_related("role").filter(role=role(VM_CONTRIBUTOR)).first()
    assert stale is not None
    assert expiry._end_assignment(SYSTEM, stale) == 0
    assert RoleAssignment.objects.filter(id=stale.id).exists()


def test_an_expired_owner_goes_even_if_nobody_else_is_one(world: World) -> None:
    expire(RoleAssignment.objects.get(tenant=world.contoso, role=role(OWNER)))
    assert end_expired_rights_job() == 1


def test_an_expired_staff_grant_ends_and_the_tenant_is_told(
    world: World, announced: list[dict[str, Any]], django_capture_on_commit_callbacks: Any
) -> None:
    staff = world.people["staff"]
    over, open_one = (
        grant_staff(by=SYSTEM, staff=staff, tenant=tenant, role=role(READER), reason="incident 4711", hours=1)
        for tenant in (world.contoso, world.fabrikam)
    )
    StaffGrant.objects.filter(id=over.id).update(until=timezone.now())
    announced.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert (end_expired_rights_job(), end_expired_rights_job()) == (1, 0)
    over.refresh_from_db()
    open_one.refresh_from_db()
    assert over.ended_at is not None
    assert open_one.ended_at is None
    assert [(one["tenant"], one["principal"]) for one in announced] == [
        (str(world.contoso.id), str(staff.id))
    ]


def test_pruning_forgets_what_is_old_and_keeps_what_is_not(world: World) -> None:
    now = timezone.now()
    user = world.people["owner"]
    for age, suffix in ((LONG_AGO, "old"), (timedelta(), "new")):
        made = SignIn.objects.create(user=user)
        SignIn.objects.filter(id=made.id).update(ended_at=now - age, last_seen_at=now - age)
        SignInThrottle.objects.create(key=suffix, first_at=now - age)
        ApiToken.objects.create(
            tenant=world.contoso,
            user=user,
            token_hash=suffix,
            hint="x",
            expires_at=now - age + timedelta(hours=1),
        )
        ServicePrincipalSecret.objects.create(
            service_principal=world.program,
            secret_hash=suffix,
            hint="x",
            expires_at=now - age + timedelta(hours=1),
        )
        invitation, _token = invite(by=SYSTEM, tenant=world.contoso, email=f"{suffix}@contoso.example")
        Invitation.objects.filter(id=invitation.id).update(expires_at=now - age + timedelta(hours=1))
        session = SessionStore()
        session.set_expiry(timedelta(hours=1) - age)
        session.create()
    lapsed = SignIn.objects.create(user=user)
    SignIn.objects.filter(id=lapsed.id).update(last_seen_at=now - timedelta(days=2))
    assert prune_job() == {
        "lapsed_sign_ins": 1,
        "sign_ins": 1,
        "throttles": 1,
        "invitations": 1,
        "tokens": 1,
        "secrets": 1,
    }
    assert [one.key for one in SignInThrottle.objects.all()] == ["new"]
    assert Session.objects.count() == 1
    assert set(prune_job().values()) == {0}


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A real server, of the kind that the supervisor starts."""
    for name in ("run", "redis", "log"):
        (tmp_path / name).mkdir()
    command = redis_server.command(redis_server.binary(settings.BASE_DIR), tmp_path)
    process = subprocess.Popen(command)
    path = redis_server.socket_path(tmp_path)
    while not redis_server.answers(path):
        assert process.poll() is None
    yield Redis(unix_socket_path=str(path))
    process.terminate()
    process.wait()


def test_a_worker_executes_what_the_schedule_enqueues(world: World, redis: Redis) -> None:
    expired = RoleAssignment.objects.get(principal_id=world.people["contributor"].id, scope=world.vm.scope)
    expire(expired)
    SignInThrottle.objects.create(key="old", first_at=timezone.now() - LONG_AGO)
    scheduler = CronScheduler(connection=redis)
    scheduler.load_config_from_file("portal.schedule")
    assert [job.func_name for job in scheduler.enqueue_jobs()] == [
        "accounts.jobs.end_expired_rights_job",
        "accounts.jobs.prune_job",
        "consoles.jobs.end_lost_sessions_job",
        "consoles.jobs.prune_sessions_job",
        "portal.fleet.alerts.jobs.deliver_waiting_alerts_job",
        "portal.fleet.forwarding.jobs.forward_waiting_job",
        "portal.fleet.jobs.end_lost_operations_job",
        "portal.fleet.jobs.prune_operations_job",
        "portal.fleet.sealing.jobs.keep_audits_job",
        "consoles.archive.jobs.look_after_archives_job",
        "consoles.archive.jobs.expire_output_job",
        "consoles.jobs.prune_links_job",
        "consoles.archive.jobs.check_archives_job",
        "portal.fleet.sealing.jobs.check_seals_job",
        "consoles.archive.jobs.tidy_archives_job",
        "portal.fleet.stores.jobs.probe_closed_stores_job",
        "portal.fleet.review.jobs.tend_exports_job",
    ]
    assert scheduler.enqueue_jobs() == []
    queue = Queue("default", connection=redis)
    assert SimpleWorker([queue], connection=redis).work(burst=True)
    assert queue.failed_job_registry.count == 0
    assert not RoleAssignment.objects.filter(id=expired.id).exists()
    assert not SignInThrottle.objects.exists()


def test_what_found_no_worker_in_time_does_not_wait_twice(redis: Redis) -> None:
    scheduler = CronScheduler(connection=redis)
    scheduler.load_config_from_file("portal.schedule")
    quick = [job for job in scheduler.get_jobs() if job.queue_name != "records"]
    assert all(job.job_options["ttl"] == job.interval for job in quick)
    scheduler.enqueue_jobs()
    waiting = Queue("default", connection=redis).get_jobs()
    assert 0 < redis.ttl(waiting[0].key) <= 5
