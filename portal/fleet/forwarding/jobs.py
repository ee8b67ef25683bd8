"""Forwarding by the clock. Each job may run twice, or never: how far a target has come is in its row.

As many jobs as there are targets behind, but none of a certain one: chains take turns, whoever had theirs longest ago first.
"""

from portal.fleet.forwarding.sending import forward, waiting
from portal.fleet.targets.turns import enqueue_turns

QUEUE = "forwarding"  # one worker takes alerts and these, in turn
MOST, SECONDS = 200, 30


def forward_job() -> int:
    """Whoever got something on may have more: the next turn is enqueued at once, behind those that wait."""
    sent = sum(map(forward, waiting(1)))
    if sent:
        forward_waiting_job()
    return sent


def forward_waiting_job() -> int:
    behind = len(waiting(MOST))
    enqueue_turns(QUEUE, forward_job, behind, SECONDS)
    return behind
