"""Tells the live path, once a change is committed, that rights or switches are no longer what they were.

Hints only: a listener that misses one finds out on its timer. In: a kind and plain fields. Out: a message to the tenant's group.
"""

from functools import partial
from uuid import UUID

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

ACCESS_CHANGED = "access.changed"
SWITCH_CHANGED = "switch.changed"


def group_of(tenant_id: UUID | None) -> str:
    return f"tenant.{tenant_id}"


def announce(kind: str, tenant_id: UUID | None, **fields: str | bool | None) -> None:
    transaction.on_commit(partial(_send, kind, tenant_id, fields))


def _send(kind: str, tenant_id: UUID | None, fields: dict[str, str | bool | None]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(
            group_of(tenant_id), {"type": kind, "tenant": str(tenant_id), **fields}
        )
    except (RedisError, OSError) as error:
        log.warning("event_not_sent", kind=kind, tenant=str(tenant_id), error=str(error))
