"""The hubs as figures. In: where Redis says they are, and what each reports. Out: metric families; a hub that does not answer is told as such."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from prometheus_client.metrics_core import Metric
from redis.asyncio import Redis

from consoles.hub import client, registry
from consoles.hub_settings import listening
from consoles.metrics.parts import gauge

SECONDS = 2.0
STATES = ("up", "connecting", "down")


@dataclass(frozen=True)
class Told:
    host: str
    report: dict[str, Any] | None


async def ask_all() -> list[Told]:
    async with Redis.from_url(
        settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
    ) as redis:
        entries = await registry.all_hubs(redis)
    return list(await asyncio.gather(*(_ask(entry) for entry in entries)))


async def _ask(entry: registry.Entry) -> Told:
    try:
        async with asyncio.timeout(SECONDS):
            return Told(entry.host, await client.ask(entry.address, listening()))
    except (client.HubGone, TimeoutError):
        return Told(entry.host, None)


def hubs(told: list[Told]) -> Iterator[Metric]:
    answers = [(one.host, one.report) for one in told if one.report is not None]
    lines: list[tuple[str, str, int]] = []
    silent: list[tuple[str, int]] = []
    for host, report in answers:
        states = Counter(line["state"] for line in report["lines"])
        lines += [(host, state, states[state]) for state in STATES]
        silent.append((host, sum(not line["recording"] for line in report["lines"])))
    up = [(one.host, int(one.report is not None)) for one in told]
    yield gauge("hub_up", "Whether a hub that is registered answers.", ("host",), up)
    yield gauge("hub_lines", "Serial lines that it holds.", ("host", "state"), lines)
    yield gauge("hub_lines_not_recorded", "Lines whose output cannot be written.", ("host",), silent)
    viewers = [(host, report["viewers"]) for host, report in answers]
    yield gauge("hub_viewers", "Who is attached to them.", ("host",), viewers)
