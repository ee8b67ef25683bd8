"""The way to the hub of a machine's host. In: the host's name, and what to attach to. Out: a link on which ATTACH was sent, or HubGone.

Redis knows where hubs are; while it is away, or has forgotten, the last place a hub was found at is tried.
"""

import random

from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

from consoles.hub.client import HubGone, Link, attach_request, connect
from consoles.hub.registry import find
from consoles.hub_settings import listening
from consoles.wire import Op

FIRST, LAST = 0.25, 5.0
LOOK_UP = 2.0

_known: dict[str, str] = {}


async def attach(host: str, **request: object) -> Link:
    address = await address_of(host)
    if not address:
        raise HubGone("no hub")
    link = await connect(address, listening())
    link.send(Op.ATTACH, attach_request(**request))
    return link


async def address_of(host: str) -> str:
    try:
        async with Redis.from_url(
            settings.REDIS_URL, socket_timeout=LOOK_UP, socket_connect_timeout=LOOK_UP
        ) as redis:
            found = await find(redis, host)
    except (RedisError, OSError):
        found = ""
    if found:
        _known[host] = found
    own = settings.HUB_LISTEN if host == settings.HUB_HOST else ""
    return found or _known.get(host, own)


def next_wait(before: float) -> float:
    """Doubles up to a cap, and strays, so that those who lost a hub together do not all come back at once."""
    return min(LAST, max(FIRST, before * 2)) * random.uniform(0.7, 1.0)  # noqa: S311  no secret
