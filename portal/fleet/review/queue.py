"""The way of an export to a worker. In: a committed row. Out: a job; where Redis is away, the clock's turn comes."""

from uuid import UUID

import django_rq
import structlog
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

QUEUE, JOB = "records", "portal.fleet.review.jobs.make_export_job"
DAY = 24 * 60 * 60


def make_soon(export_id: UUID) -> None:
    try:
        django_rq.get_queue(QUEUE).enqueue(
            JOB, str(export_id), job_timeout=120, ttl=120, result_ttl=0, failure_ttl=DAY
        )
    except (RedisError, OSError) as error:
        log.warning("export_not_enqueued", export=str(export_id), error=str(error))
