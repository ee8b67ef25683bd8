"""Sealing by the clock, a job for each tenant: whose store is down keeps nobody else waiting, and fails where the workers' page shows it.

A job takes some seconds; who has more to do goes to the end of the queue, for exports and other tenants wait for the same worker.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import django_rq
from django.conf import settings

from portal.fleet.sealing import expiring, sealing
from portal.fleet.sealing.checking import check_seals
from portal.fleet.workers.once import put_in, waits_once

QUEUE = "records"
SECONDS = 20.0
LONGEST = 120  # of a store that is slow with one file
CHECKING = 30.0
MIB = 1024 * 1024
HOUR = 60 * 60
DAY = 24 * HOUR


def seal_audit_job(tenant_id: str) -> int:
    sealed = sealing.seal_audit(tenant_id=UUID(tenant_id), seconds=SECONDS)
    if sealed and sealing.is_due(UUID(tenant_id)):
        _enqueue(seal_audit_job, tenant_id)
    return sealed


def expire_audit_job(tenant_id: str, after: int = 0) -> int:
    """Where one account does not answer, it fails when the others have had their turn."""
    turn = expiring.expire_audit(tenant_id=UUID(tenant_id), seconds=SECONDS, after=after)
    if turn.after is not None:
        _enqueue(expire_audit_job, tenant_id, turn.after)
    if turn.trouble:
        raise turn.trouble
    return turn.deleted


@waits_once
def check_seals_job() -> int:
    return check_seals(most=settings.STORE_CHECK_MIB * MIB, seconds=CHECKING)


@waits_once
def keep_audits_job() -> int:
    """What was deleted by retention is older than anything to be sealed: the order between the two does not matter."""
    sealing_due, expiring_due = sealing.due(), expiring.due()
    for tenant_id in sealing_due:
        _enqueue(seal_audit_job, str(tenant_id))
    for tenant_id in expiring_due:
        _enqueue(expire_audit_job, str(tenant_id))
    return len(sealing_due) + len(expiring_due)


def _enqueue(job: Callable[..., int], tenant_id: str, *more: Any) -> None:
    put_in(
        django_rq.get_queue(QUEUE), f"{job.__name__}-{tenant_id}", job, tenant_id, *more,
        job_timeout=LONGEST, ttl=HOUR, result_ttl=0, failure_ttl=DAY,
    )  # fmt: skip
