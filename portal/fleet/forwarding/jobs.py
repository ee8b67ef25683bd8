"""Forwarding by the clock. Each job may run twice, or never: how far a target has come is in its row."""

from uuid import UUID

import django_rq

from portal.fleet.forwarding.sending import forward, waiting

QUEUE = "forwarding"  # behind alerts: one worker takes both
MOST, SECONDS = 200, 30
TTL = 30  # the clock enqueues again what found no worker


def forward_job(target_id: str) -> int:
    return forward(UUID(target_id))


def forward_waiting_job() -> int:
    behind = waiting(MOST)
    queue = django_rq.get_queue(QUEUE)
    for target_id in behind:
        queue.enqueue(forward_job, str(target_id), job_timeout=SECONDS, ttl=TTL, result_ttl=0, failure_ttl=0)
    return len(behind)
