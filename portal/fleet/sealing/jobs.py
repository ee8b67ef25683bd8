"""Sealing by the clock, one job for each tenant: whose store is down keeps nobody else waiting, and fails where the workers' page shows it."""

from uuid import UUID

import django_rq
from django.conf import settings

from portal.fleet.sealing import expiring, sealing
from portal.fleet.sealing.checking import check_seals

QUEUE = "records"
SECONDS = 240  # of a job's five minutes
CHECKING = 30.0
MIB = 1024 * 1024
DAY = 24 * 60 * 60


def seal_audit_job(tenant_id: str) -> int:
    return sealing.seal_audit(tenant_id=UUID(tenant_id), seconds=SECONDS)


def expire_audit_job(tenant_id: str) -> int:
    return expiring.expire_audit(tenant_id=UUID(tenant_id))


def check_seals_job() -> int:
    return check_seals(most=settings.STORE_CHECK_MIB * MIB, seconds=CHECKING)


def keep_audits_job() -> int:
    """What was deleted by retention is older than anything to be sealed: the order between the two does not matter."""
    queue = django_rq.get_queue(QUEUE)
    sealing_due, expiring_due = sealing.due(), expiring.due()
    for tenant_id in sealing_due:
        queue.enqueue(seal_audit_job, str(tenant_id), ttl=DAY, result_ttl=0, failure_ttl=DAY)
    for tenant_id in expiring_due:
        queue.enqueue(expire_audit_job, str(tenant_id), ttl=DAY, result_ttl=0, failure_ttl=DAY)
    return len(sealing_due) + len(expiring_due)
