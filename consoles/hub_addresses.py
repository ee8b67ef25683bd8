"""Where the hub of a machine's host listens. In: the host's name. Out: an address, or nothing where none was ever found.

Redis knows where hubs are; while it is away, or has forgotten, the last place a hub was found at is tried.
"""

from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

from consoles.hub.registry import find

LOOK_UP = 2.0

_known: dict[str, str] = {}


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
