"""Jobs that failed. In: RQ's registries of them. Out: what failed when and why; retried or forgotten by staff, each with an audit entry."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from redis import Redis
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job
from rq.registry import FailedJobRegistry
from rq.results import Result

from accounts import actions, audit
from accounts.principals import Principal
from portal.fleet.workers import selectors, words

MOST = 50
LONGEST = 8000  # of a traceback: its end says why
LONGEST_REASON = 300


class Gone(Exception):
    """The job is not among those that failed any more: it was retried, forgotten, or its time was over."""


@dataclass(frozen=True)
class Failure:
    id: str
    queue: str
    what: str
    at: datetime | None
    why: str
    trace: str

    @property
    def does(self) -> str | Promise:
        return words.in_words(self.what)


def failures(connection: "Redis", queues: list[str]) -> list[Failure]:
    """The newest of all queues."""
    found = [_failure(connection, queue, job_id) for queue in queues for job_id in _failed(connection, queue)]
    return sorted(found, key=lambda one: one.at.timestamp() if one.at else 0, reverse=True)[:MOST]


def _failed(connection: "Redis", queue: str) -> list[str]:
    registry = FailedJobRegistry(queue, connection)
    return registry.get_job_ids(0, MOST - 1, desc=True, cleanup=False)


def _failure(connection: "Redis", queue: str, job_id: str) -> Failure:
    result = Result.fetch_latest(Job(job_id, connection=connection))
    trace = ((result.exc_string if result else None) or "").strip()[-LONGEST:]
    return Failure(
        id=job_id,
        queue=queue,
        what=selectors.what(connection, job_id),
        at=result.created_at if result else None,
        why=trace.rpartition("\n")[2][:LONGEST_REASON],
        trace=trace,
    )


def find(connection: "Redis", queue: str, job_id: str) -> Failure:
    if job_id not in FailedJobRegistry(queue, connection):
        raise Gone
    return _failure(connection, queue, job_id)


@transaction.atomic
def retry(*, by: Principal, connection: "Redis", queue: str, job_id: str) -> None:
    failure = find(connection, queue, job_id)
    _record(by, actions.JOB_RETRY, failure)
    try:
        FailedJobRegistry(queue, connection).requeue(job_id)
    except (InvalidJobOperation, NoSuchJobError) as error:
        raise Gone from error


@transaction.atomic
def forget(*, by: Principal, connection: "Redis", queue: str, job_id: str) -> None:
    failure = find(connection, queue, job_id)
    _record(by, actions.JOB_FORGET, failure)
    FailedJobRegistry(queue, connection).remove(job_id)
    Job(job_id, connection=connection).delete()


def _record(by: Principal, action: str, failure: Failure) -> None:
    audit.record(
        by=by,
        action=action,
        scope="/platform/jobs",
        tenant_id=None,
        details={
            "job": failure.id,
            "queue": failure.queue,
            "name": failure.what,
            "failed": failure.why.partition(":")[0],
        },
    )
