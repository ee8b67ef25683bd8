"""The way of exports to a worker. In: a tenant that has committed rows. Out: one job, however many files it waits for; where Redis is away, the clock's turn comes."""

from uuid import UUID

import django_rq
import structlog
from redis.exceptions import RedisError

from portal.fleet.workers.once import put_in

log = structlog.get_logger(__name__)

QUEUE, JOB = "records", "portal.fleet.review.jobs.make_export_job"
HOUR = 60 * 60
DAY = 24 * HOUR


def make_soon(tenant_id: UUID) -> None:
    try:
        put_in(
            django_rq.get_queue(QUEUE), f"make_export_job-{tenant_id}", JOB, str(tenant_id),
            job_timeout=120, ttl=HOUR, result_ttl=0, failure_ttl=DAY,
        )  # fmt: skip
    except (RedisError, OSError) as error:
        log.warning("export_not_enqueued", tenant=str(tenant_id), error=str(error))
