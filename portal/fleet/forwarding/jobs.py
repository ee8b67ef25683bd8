"""Forwarding by the clock. Each job may run twice, or never: how far a target has come is in its row.

As many jobs as there are targets behind, but none of a certain one: whoever has waited longest when a worker has time is next.
"""

import django_rq

from portal.fleet.forwarding.sending import forward, waiting

QUEUE = "forwarding"  # behind alerts: one worker takes both
MOST, SECONDS = 200, 30
TTL = 30  # the clock enqueues again what found no worker


def forward_job() -> int:
    return sum(map(forward, waiting(1)))


def forward_waiting_job() -> int:
    behind = len(waiting(MOST))
    queue = django_rq.get_queue(QUEUE)
    for _ in range(behind):
        queue.enqueue(forward_job, job_timeout=SECONDS, ttl=TTL, result_ttl=0, failure_ttl=0)
    return behind
