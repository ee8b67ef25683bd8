"""Turns in a queue that everybody's jobs share. In: a job, and whose it is. Out: it waits there once, however often it is asked for."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import uuid4

from rq import Queue, get_current_job

T = TypeVar("T")
Job = TypeVar("Job", str, Callable[..., Any])


def put_in(queue: Queue, whose: str, job: Job, *args: Any, **options: Any) -> None:
    """Unless one of theirs waits there already. Its id is its own: RQ takes away whatever has that of the job that just ended."""
    if not any(one.startswith(f"{whose}-") for one in queue.job_ids):
        queue.enqueue(job, *args, job_id=f"{whose}-{uuid4().hex}", **options)


def waits_once(job: Callable[[], T]) -> Callable[[], T]:
    """Of the clock's, which puts it in whether one waits there or not: what was put in meanwhile goes when the first has its turn."""

    @wraps(job)
    def once() -> T:
        if mine := get_current_job():
            queue = Queue(mine.origin, connection=mine.connection)
            for other in queue.jobs:
                if other.func_name == mine.func_name and queue.remove(other):
                    other.delete()
        return job()

    return once
