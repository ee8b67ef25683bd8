"""The workers' page: what staff see of queues, workers, schedule and failures, and what they can do about these."""

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import django_rq
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rq import Queue, SimpleWorker
from rq.registry import FailedJobRegistry

from accounts import actions
from accounts.models import AuditEntry
from portal.fleet.workers.selectors import WorkerNow
from portal.fleet.workers.words import JOBS, in_words
from tests.consoles.hub_process.place import Place, furnish, wait
from tests.run.programs import running

SignedIn = Callable[[str], Client]
PAGE = "/admin/workers/"
ROOT = Path(__file__).resolve().parents[2]
broken = True


def fragile(name: str) -> None:
    if broken:
        raise RuntimeError(f"no such thing as {name}: <b>so</b>")


@pytest.fixture
def place(database: Path, settings: Settings) -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="hp-") as folder, ExitStack() as left:
        furnish(Path(folder), database)
        place = Place(Path(folder), left)
        place.redis()
        settings.RQ_QUEUES = {name: {"URL": place.environment["REDIS_URL"]} for name in settings.RQ_QUEUES}
        yield place


@pytest.fixture
def staff(client_of: SignedIn) -> Client:
    return client_of("staff")


def work(queue: Queue) -> None:
    SimpleWorker([queue], connection=queue.connection).work(burst=True)


def queue_of(name: str) -> Queue:
    """Django's own waits with jobs until a test's transaction is over, which is never."""
    return Queue(name, connection=django_rq.get_connection("default"))


def failed() -> str:
    """A job's id."""
    queue = queue_of("records")
    job = queue.enqueue(fragile, "a", failure_ttl=600)
    work(queue)
    return str(job.id)


def test_it_is_there_for_staff_only(client_of: SignedIn, place: Place) -> None:
    job = failed()
    assert client_of("staff").get(PAGE).status_code == 200
    owner = client_of("owner")
    assert owner.get(PAGE).status_code == 404
    for act in ("retry", "forget"):
        assert owner.post(f"{PAGE}records/{job}/{act}/").status_code == 404
        assert Client().post(f"{PAGE}records/{job}/{act}/")["Location"].startswith("/admin/login/")
    assert job in FailedJobRegistry("records", django_rq.get_connection("default"))


def test_a_failed_job_is_shown_with_what_and_why(staff: Client, place: Place) -> None:
    failed()
    page = staff.get(PAGE).content.decode()
    assert "tests.fleet.test_workers_page.fragile(&#x27;a&#x27;)" in page
    assert "RuntimeError: no such thing as a: &lt;b&gt;so&lt;/b&gt;" in page
    assert "Traceback (most recent call last)" in page


def test_a_failed_job_is_tried_again_and_that_is_recorded(
    staff: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = failed()
    answer = staff.post(f"{PAGE}records/{job}/retry/", follow=True)
    assert "The job is in its queue again." in answer.content.decode()
    queue = queue_of("records")
    assert queue.job_ids == [job]
    monkeypatch.setattr("tests.fleet.test_workers_page.broken", False)
    work(queue)
    assert "RuntimeError" not in staff.get(PAGE).content.decode()
    entry = AuditEntry.objects.get(action=actions.JOB_RETRY)
    assert (entry.principal_name, entry.chain.tenant) == ("staff", None)
    assert entry.details == {
        "job": job,
        "queue": "records",
        "name": "tests.fleet.test_workers_page.fragile('a')",
        "failed": "RuntimeError",
    }
    again = staff.post(f"{PAGE}records/{job}/retry/", follow=True).content.decode()
    assert "not among those that failed" in again
    assert AuditEntry.objects.filter(action=actions.JOB_RETRY).count() == 1


def test_a_failed_job_is_forgotten_after_a_question(staff: Client, place: Place) -> None:
    job = failed()
    question = staff.get(f"{PAGE}records/{job}/forget/").content.decode()
    assert "It is not tried again" in question
    assert "fragile" in question
    assert "RuntimeError" in staff.get(PAGE).content.decode()
    assert "The job is forgotten." in staff.post(f"{PAGE}records/{job}/forget/", follow=True).content.decode()
    assert "RuntimeError" not in staff.get(PAGE).content.decode()
    assert AuditEntry.objects.get(action=actions.JOB_FORGET).details["job"] == job
    redis = django_rq.get_connection("default")
    assert not redis.exists(f"rq:job:{job}")
    assert staff.get(f"{PAGE}records/{job}/forget/").status_code == 302


def test_only_jobs_that_failed_are_retried_or_forgotten(staff: Client, place: Place) -> None:
    """One that waits is somebody's work."""
    job = queue_of("default").enqueue(fragile, "b")
    for act in ("retry", "forget"):
        answer = staff.post(f"{PAGE}default/{job.id}/{act}/", follow=True).content.decode()
        assert "not among those that failed" in answer
    assert queue_of("default").job_ids == [job.id]
    assert not AuditEntry.objects.filter(action__in=[actions.JOB_RETRY, actions.JOB_FORGET]).exists()


def test_a_queue_that_nobody_serves_is_told(staff: Client, place: Place) -> None:
    page = staff.get(PAGE).content.decode()
    assert "No worker runs." in page
    assert "No clock runs" in page
    assert "Nobody takes its jobs." not in page
    queue_of("machines.kvm7").enqueue(fragile, "c")
    page = staff.get(PAGE).content.decode()
    assert "machines.kvm7" in page
    assert "Nobody takes its jobs." in page


def test_the_schedule_and_the_workers_are_told(staff: Client, place: Place) -> None:
    manage = (sys.executable, "manage.py")
    with (
        running(*manage, "rqcron", "portal.schedule", **place.environment),
        running(*manage, "rqworker", "alerts", "forwarding", **place.environment),
    ):
        wait(lambda: "alerts, forwarding" in staff.get(PAGE).content.decode())
        wait(lambda: "forward_waiting_job" in staff.get(PAGE).content.decode())
        wait(lambda: "waits for jobs" in staff.get(PAGE).content.decode())
    page = staff.get(PAGE).content.decode()
    assert "5 seconds" in page
    assert "Look for alerts that wait" in page
    assert "portal.fleet.alerts.jobs.deliver_waiting_alerts_job" in page


def test_a_worker_that_reported_too_long_ago_is_told_apart() -> None:
    now = timezone.now()
    for state, seconds, silent in (("idle", 410, False), ("idle", 430, True), ("busy", 80, False), ("busy", 100, True)):  # fmt: skip
        worker = WorkerNow("a", "host", 1, [], state, "", now, now - timedelta(seconds=seconds), 0, 0, 0.0)
        assert worker.is_silent is silent, (state, seconds)


def test_every_job_is_told_in_plain_words() -> None:
    names = [
        name
        for folder in ("accounts", "portal", "consoles")
        for path in (ROOT / folder).rglob("*.py")
        for name in re.findall(r"^def (\w+_job)\(", path.read_text(), re.MULTILINE)
    ]
    assert len(names) > 20
    assert set(names) - JOBS.keys() == set()
    assert len(set(names)) == len(names), "a name alone says which"
    assert in_words("portal.fleet.jobs.prune_operations_job") == JOBS["prune_operations_job"]
    assert in_words("consoles.archive.jobs.archive_host_job('kvm.7')") == JOBS["archive_host_job"]
    assert in_words("some.thing.of_later(1)") == "of_later"


def test_while_redis_is_away_it_says_so(staff: Client, settings: Settings) -> None:
    settings.RQ_QUEUES = {"default": {"URL": "unix:///nowhere/redis.sock"}}
    assert "Redis does not answer" in staff.get(PAGE).content.decode()
    assert "Redis does not answer" in staff.post(f"{PAGE}default/x/retry/", follow=True).content.decode()
