"""The way to the workers of a host, on whose disk the spools are: each line's archive is looked after there alone. In: the host. Out: a job on its queue; while Redis is away the clock's turn comes all the same."""

import structlog
from django_rq import get_connection
from redis.exceptions import RedisError
from rq import Queue

log = structlog.get_logger(__name__)

ARCHIVE = "consoles.archive.jobs.archive_host_job"
TIDY = "consoles.archive.jobs.tidy_host_job"
CHECK = "consoles.archive.jobs.check_host_job"
EVERY, LONGEST = 60, 300
SOON = 10  # seconds of which sealed segments are one job
MOST_WAITING = 3
HOUR = 60 * 60
DAY = 24 * HOUR
SELDOM = {TIDY: DAY, CHECK: HOUR}  # however long the queue is, these have their turn


def enqueue(host: str, job: str = ARCHIVE) -> None:
    """What found no worker until the clock's next turn is worth nothing, and a host that has none gets no more of it."""
    try:
        queue = Queue(f"archive.{host}", connection=get_connection("default"))
        if job in SELDOM or queue.count < MOST_WAITING:
            ttl = SELDOM.get(job, EVERY)
            queue.enqueue(job, host, job_timeout=LONGEST, ttl=ttl, result_ttl=0, failure_ttl=DAY)
    except (RedisError, OSError) as error:
        log.info("archive_not_enqueued", host=host, error=str(error))
