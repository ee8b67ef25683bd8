"""What the workers are doing, from RQ's own registries. In: its Redis. Out: queues, workers and schedules as plain values; nothing is changed.

What jobs carry is never unpacked here: only the texts that RQ keeps beside it are read.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import django_rq
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import ngettext
from django_rq.settings import get_queues_list
from redis import Redis
from rq import Queue, Worker, cron_job_registry
from rq.cron import CronScheduler
from rq.defaults import DEFAULT_JOB_MONITORING_INTERVAL, DEFAULT_WORKER_TTL
from rq.registry import FailedJobRegistry, ScheduledJobRegistry, StartedJobRegistry
from rq.utils import utcparse
from rq.worker.base import BaseWorker, WorkerStatus

from portal.fleet.workers import words

MOST_WORKERS = 200
# a worker says that it lives whenever it takes or ends a job, and meanwhile at least so often
IDLE = timedelta(seconds=DEFAULT_WORKER_TTL)
BUSY = timedelta(seconds=3 * DEFAULT_JOB_MONITORING_INTERVAL)


@dataclass(frozen=True)
class QueueNow:
    """`oldest` is when the job that waits longest was put in."""

    name: str
    waiting: int
    running: int
    later: int
    failed: int
    workers: int
    oldest: datetime | None

    @property
    def is_stuck(self) -> bool:
        return self.waiting > 0 and self.workers == 0


@dataclass(frozen=True)
class WorkerNow:
    name: str
    host: str
    pid: int | None
    queues: list[str]
    state: str
    doing: str
    since: datetime | None
    seen: datetime | None
    done: int
    failed: int
    busy_seconds: float

    @property
    def does(self) -> str | Promise:
        return words.in_words(self.doing)

    @property
    def is_busy(self) -> bool:
        return self.state == WorkerStatus.BUSY.value

    @property
    def is_silent(self) -> bool:
        """Longer than one that lives: it was killed, or hangs."""
        return self.seen is None or timezone.now() - self.seen > (BUSY if self.is_busy else IDLE)


@dataclass(frozen=True)
class Due:
    """A line of the schedule, and when the clock last put it in a queue."""

    name: str
    queue: str
    every: timedelta
    last: datetime | None
    next: datetime | None

    @property
    def does(self) -> str | Promise:
        return words.in_words(self.name)

    @property
    def often(self) -> str:
        seconds = int(self.every.total_seconds())
        if seconds < 60:
            return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
        now = timezone.now()
        return timesince(now - self.every, now)


def redis() -> "Redis":
    connection: Redis = django_rq.get_connection("default")
    return connection


def queues(connection: "Redis") -> list[QueueNow]:
    """Those of this process's settings, and those that other hosts have brought."""
    names = {config["name"] for config in get_queues_list()} | {one.name for one in Queue.all(connection)}
    return [_queue(connection, name) for name in sorted(names)]


def _queue(connection: "Redis", name: str) -> QueueNow:
    queue = Queue(name, connection=connection)
    first = connection.lindex(queue.key, 0)
    return QueueNow(
        name=name,
        waiting=queue.count,
        running=StartedJobRegistry(name, connection).get_job_count(cleanup=False),
        later=ScheduledJobRegistry(name, connection).get_job_count(cleanup=False),
        failed=FailedJobRegistry(name, connection).get_job_count(cleanup=False),
        workers=Worker.count(queue=queue),
        oldest=_field_time(connection, first.decode(), "enqueued_at") if isinstance(first, bytes) else None,
    )


def _field_time(connection: "Redis", job_id: str, field: str) -> datetime | None:
    told = connection.hget(f"rq:job:{job_id}", field)
    return utcparse(told.decode()) if isinstance(told, bytes) and told else None


def workers(connection: "Redis") -> list[WorkerNow]:
    found = [one for one in Worker.all(connection) if one is not None][:MOST_WORKERS]
    return sorted(
        (_worker(connection, one) for one in found), key=lambda one: (one.host, one.queues, one.name)
    )


def _worker(connection: "Redis", worker: BaseWorker) -> WorkerNow:
    job_id = worker.get_current_job_id()
    return WorkerNow(
        name=worker.name,
        host=worker.hostname or "",
        pid=worker.pid,
        queues=worker.queue_names(),
        state=str(worker.get_state()),
        doing=what(connection, job_id) if job_id else "",
        since=worker.birth_date,
        seen=worker.last_heartbeat,
        done=worker.successful_job_count,
        failed=worker.failed_job_count,
        busy_seconds=worker.total_working_time,
    )


def what(connection: "Redis", job_id: str) -> str:
    told = connection.hget(f"rq:job:{job_id}", "description")
    return told.decode(errors="replace")[:300] if isinstance(told, bytes) else ""


def schedulers(connection: "Redis") -> list[CronScheduler]:
    """One is right: none enqueues nothing, two enqueue each job twice."""
    return CronScheduler.all(connection, cleanup=False)


def schedule(connection: "Redis", running: list[CronScheduler]) -> list[Due]:
    jobs = {job.name: job for scheduler in running for job in scheduler.get_jobs()}
    due = []
    for name, job in sorted(jobs.items()):
        score = connection.zscore(cron_job_registry.get_registry_key(), name)
        last = datetime.fromtimestamp(score, UTC) if isinstance(score, float) else None
        every = timedelta(seconds=job.interval or 0)
        due.append(Due(name, job.queue_name, every, last, last + every if last else None))
    return due
