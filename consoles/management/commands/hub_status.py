import asyncio
import contextlib
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from redis.asyncio import Redis
from redis.exceptions import RedisError

from consoles.hub import client, registry
from consoles.hub_settings import listening
from portal.config.checks import OURS
from portal.config.commands import OperatorCommand, Refused, Row, as_lines


class Command(OperatorCommand):
    help = "Shows which hubs run, which lines they hold, in what state, and who is attached."
    requires_system_checks = [OURS]  # the others load every page of the portal
    writes = False

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", help="only this host's hub")

    def act(self, *, host: str | None, **options: Any) -> list[Row]:
        try:
            return asyncio.run(_hubs(host))
        except (RedisError, OSError) as error:
            sentence = _("Redis does not answer (%(reason)s), so no hub can be found. Check REDIS_URL.")
            raise Refused(sentence % {"reason": error}) from error

    def lines(self, result: list[Row]) -> str:
        if not result:
            return _("No hub runs. `manage.py run_hub` starts the one of this host.")
        hubs = [{**hub, "lines": len(_lines(hub))} for hub in result]
        rows = [_row(hub, line) for hub in result for line in _lines(hub)]
        return "\n\n".join(as_lines(table) for table in (hubs, rows) if table)


async def _hubs(host: str | None) -> list[Row]:
    async with contextlib.aclosing(Redis.from_url(settings.REDIS_URL)) as redis:
        entries = [one for one in await registry.all_hubs(redis) if host in (None, one.host)]
    return list(await asyncio.gather(*(_asked(entry) for entry in entries)))


async def _asked(entry: registry.Entry) -> Row:
    hub: Row = {
        "host": entry.host,
        "address": entry.address,
        "pid": entry.pid,
        "since": _time(entry.started_ms),
        "viewers": entry.viewers,
    }
    try:
        report = await client.ask(entry.address, listening())
    except client.HubGone as error:
        return {**hub, "trouble": str(error), "lines": []}
    return {**hub, "viewers": report["viewers"], "trouble": "", "lines": report["lines"]}


def _lines(hub: Row) -> list[dict[str, Any]]:
    lines = hub["lines"]
    return lines if isinstance(lines, list) else []


def _row(hub: Row, line: dict[str, Any]) -> Row:
    return {
        "host": hub["host"],
        "line": line["name"],
        "state": line["state"],
        "reason": line["reason"],
        "recording": line["recording"],
        "bytes": line["end"],
        "last_byte": _time(line["last_ms"]) if line["last_ms"] else None,
        "viewers": line["viewers"],
        "writer": (line["writer"] or {}).get("name"),
    }


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="seconds")
