"""Alerts on their way. Each job may run twice, or never: what waits is in the rows, and found again by the clock."""

from uuid import UUID

import django_rq
import structlog
from redis.exceptions import RedisError

from portal.fleet.alerts.delivering import deliver, waiting

log = structlog.get_logger(__name__)

QUEUE = "alerts"  # of their own: whoever answers slowly keeps nothing else waiting
MOST, SECONDS = 200, 20
TTL = 30  # the clock enqueues again what found no worker


def deliver_soon(alert_id: UUID) -> None:
    """Redis may be away; then the clock's turn comes."""
    try:
        queue = django_rq.get_queue(QUEUE)
        queue.enqueue(
            deliver_alert_job, str(alert_id), job_timeout=SECONDS, ttl=TTL, result_ttl=0, failure_ttl=0
        )
    except (RedisError, OSError) as error:
        log.warning("alert_not_enqueued", alert=str(alert_id), error=str(error))


def deliver_alert_job(alert_id: str) -> bool:
    return deliver(UUID(alert_id))


def deliver_waiting_alerts_job() -> int:
    due = waiting(MOST)
    for alert_id in due:
        deliver_soon(alert_id)
    return len(due)
