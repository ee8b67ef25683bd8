"""Tells the live path, once a change is committed, that rights or switches are no longer what they were.

Hints only: a listener that misses one finds out on its timer. In: a kind and plain fields. Out: a message to the tenant's group, or to the hubs'.
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
LINES_CHANGED = "lines.changed"
MACHINE_CHANGED = "machine.changed"  # its power, an operation on it, or what was seen of it
SESSION_ENDED = "session.end"  # a console's, by somebody who does not serve it
HUBS = "hubs"  # the group of those who hold serial lines


def group_of(tenant_id: UUID | None) -> str:
    return f"tenant.{tenant_id}"


def announce(kind: str, tenant_id: UUID | None, **fields: str | bool | None) -> None:
    message = {"type": kind, "tenant": str(tenant_id), **fields}
    transaction.on_commit(partial(_send, group_of(tenant_id), message))


def announce_lines(host: str) -> None:
    """Which serial lines the hub of this host shall hold has changed, or how it shall hold them."""
    transaction.on_commit(partial(_send, HUBS, {"type": LINES_CHANGED, "host": host}))


def _send(group: str, message: dict[str, str | bool | None]) -> None:
    layer = get_channel_layer()
    if layer is None:
        return
    try:
        async_to_sync(layer.group_send)(group, message)
    except (RedisError, OSError) as error:
        log.warning("event_not_sent", group=group, kind=message["type"], error=str(error))
