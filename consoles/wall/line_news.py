"""What every line does just now, as hubs tell it. In: nothing. Out: news by line; a hub that does not answer adds none.

One answer serves everybody who asks within a few seconds: whose lines these are is not decided here.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

from consoles.hub import client, registry
from consoles.hub_settings import listening

FRESH = 3.0
PATIENCE = 1.0


@dataclass(frozen=True)
class LineNews:
    """`last_ms` is when it last printed; 0 for never."""

    state: str = ""
    code: str = ""
    last_ms: int = 0
    writer: str = ""

    @property
    def down(self) -> bool:
        return self.state == "down"


SILENT = LineNews()
_known: tuple[float, Mapping[str, LineNews]] = (-FRESH, {})


def line_news() -> Mapping[str, LineNews]:
    global _known
    asked_at, news = _known
    if time.monotonic() - asked_at > FRESH:
        news = async_to_sync(_ask_all)()
        _known = (time.monotonic(), news)
    return news


async def _ask_all() -> dict[str, LineNews]:
    try:
        async with Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        ) as redis:
            hubs = await registry.all_hubs(redis)
    except (RedisError, OSError):
        return {}
    told = await asyncio.gather(*(_ask(hub.address) for hub in hubs))
    return {line["id"]: _news(line) for lines in told for line in lines}


async def _ask(address: str) -> list[dict[str, Any]]:
    try:
        async with asyncio.timeout(PATIENCE):
            lines: list[dict[str, Any]] = (await client.ask(address, listening()))["lines"]
    except (client.HubGone, TimeoutError):
        return []
    return lines


def _news(line: Mapping[str, Any]) -> LineNews:
    writer = (line["writer"] or {}).get("name", "")
    return LineNews(line["state"], line["code"], line["last_ms"] or 0, writer)
