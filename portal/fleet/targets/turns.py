"""Whose turn it is. In: targets for which something waits. Out: the same in their order: that of the tenant whose last turn was longest ago is first.

A turn in a queue names nobody: who is next is seen when a worker has time.
"""

from collections.abc import Callable
from typing import TypeVar

import django_rq
import structlog
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from redis.exceptions import RedisError

from portal.fleet.models import Target

log = structlog.get_logger(__name__)

Kind = TypeVar("Kind", bound=Target)
TURNS = ("last_ok_at", "last_error_at")


def in_turn(targets: "QuerySet[Kind]", *also: str) -> "QuerySet[Kind]":
    """By tenant first, those of the platform as if it were one: however many targets somebody has, others wait for one of them at most."""
    last = Greatest(*(Coalesce(at, "created_at") for at in (*TURNS, *also)))
    whole = targets.model._default_manager.order_by().values("tenant").annotate(last_turn=Max(last))
    of_tenant, of_platform = (
        Subquery(whole.filter(tenant=tenant).values("last_turn")) for tenant in (OuterRef("tenant"), None)
    )
    return targets.order_by(Coalesce(of_tenant, of_platform), last)


def enqueue_turns(queue_name: str, job: Callable[[], object], wanted: int, seconds: int) -> None:
    """Those that are in the queue already count: one turn is as good as another. Redis may be away; then the clock's turn comes."""
    if not wanted:
        return
    try:
        queue = django_rq.get_queue(queue_name)
        for _ in range(wanted - queue.count):
            queue.enqueue(job, job_timeout=seconds, result_ttl=0, failure_ttl=0)
    except (RedisError, OSError) as error:
        log.warning("turns_not_enqueued", queue=queue_name, error=str(error))
