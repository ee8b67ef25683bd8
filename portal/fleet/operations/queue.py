"""The way of an act to its machine's host. In: a committed operation. Out: a job on the queue of that host, performed by its workers alone."""

from django_rq import get_connection
from redis.exceptions import RedisError
from rq import Callback, Queue

from portal.fleet.models import Operation
from portal.fleet.operations.kinds import KINDS

JOB, BROKE = "portal.fleet.jobs.perform_operation_job", "portal.fleet.jobs.operation_broke"
PATIENCE = 180  # seconds that an act may wait for a worker
SLACK = 20  # seconds beyond its kind's that a worker has to write down how it ended
SILENCE = 30  # seconds after which a worker that says nothing of itself is taken for dead
DAY = 24 * 60 * 60


def queue_of(host: str) -> Queue:
    """A web process reaches every host's queue; only the names it works on itself are in the settings."""
    return Queue(f"machines.{host}", connection=get_connection("default"))


def others_wait(host: str) -> bool:
    try:
        return bool(queue_of(host).count)
    except (RedisError, OSError):
        return False


def put(operation: Operation, host: str) -> None:
    queue_of(host).enqueue(
        JOB,
        str(operation.id),
        job_timeout=KINDS[operation.kind].seconds + SLACK,
        ttl=PATIENCE,
        result_ttl=0,
        failure_ttl=DAY,
        on_failure=Callback(BROKE),
    )
