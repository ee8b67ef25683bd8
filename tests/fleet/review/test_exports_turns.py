"""A tenant's files take turns in one job, so that other tenants, and the clock, have theirs."""

from collections.abc import Callable
from typing import Any

import django_rq
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string

from accounts.models import AuditEntry
from portal.fleet.models import AuditExport, ExportState
from portal.fleet.review import exports, queue
from portal.fleet.stores.base import StoreTrouble
from tests.fleet.review.test_exports import ask
from tests.fleet.review.test_exports_wait import away, later
from tests.fleet.sealing.waiting import Waiting
from tests.world import World

ClientOf = Callable[[str], Client]


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Waiting:
    made = Waiting()
    monkeypatch.setattr(django_rq, "get_queue", lambda name: made)
    return made


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part is all that there is time for."""
    monkeypatch.setattr(exports, "PART", 3)
    clock = iter(range(10**6))
    monkeypatch.setattr(exports, "monotonic", lambda: next(clock) * exports.SECONDS * 0.6)


def take(waiting: Waiting) -> None:
    _id, (job, *args) = waiting.jobs.pop(0)
    import_string(job)(*args)


def parts(*made: AuditExport) -> list[int]:
    return [AuditExport.objects.get(id=one.id).parts for one in made]


def test_all_files_of_a_tenant_are_one_job_and_take_turns(
    world: World, ten: list[AuditEntry], waiting: Waiting, slow: None, client_of: ClientOf,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        first, second, theirs = ask(world), ask(world), ask(world, who="owner")
    queue.make_soon(world.fabrikam.id)
    assert len(waiting.jobs) == 2, "one of each tenant"
    take(waiting)
    assert parts(first, second, theirs) == [1, 0, 0]
    page = client_of("auditor").get(reverse("audit_export", args=[second.id])).content.decode()
    assert '<span class="state-shape" aria-hidden="true"></span>waiting</span>' in page
    assert waiting.job_ids[0].startswith(f"make_export_job-{world.fabrikam.id}"), "they are next"
    take(waiting)
    take(waiting)
    take(waiting)
    assert parts(first, second, theirs) == [1, 1, 1]
    while waiting.jobs:
        take(waiting)
    assert set(AuditExport.objects.values_list("state", "rows")) == {("ready", 10)}


def test_one_that_waits_for_a_store_stops_no_other_and_comes_back(
    world: World, ten: list[AuditEntry], waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, other = ask(world), ask(world)
    queue.make_soon(world.contoso.id)
    with away(monkeypatch, "write"):
        take(waiting)
    assert AuditExport.objects.get(id=waits.id).error_code == StoreTrouble.UNREACHABLE
    take(waiting)
    assert AuditExport.objects.get(id=other.id).state == ExportState.READY
    assert (waiting.jobs, exports.silent()) == ([], [])
    later(1)
    assert exports.silent() == [world.contoso.id]
    queue.make_soon(world.contoso.id)
    take(waiting)
    assert AuditExport.objects.get(id=waits.id).state == ExportState.READY
