"""Which lines a host's hub shall hold, read again whenever it may have changed. In: hints and a timer. Out: calls of `want`.

The subscription's switch is not asked: it ends who is attached, while what the machine prints is still recorded.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import DatabaseError, InterfaceError, close_old_connections
from redis.exceptions import RedisError

from accounts import events
from consoles.hub.spec import LineSpec
from portal.fleet.models import SerialPort
from portal.fleet.models.vms import PowerState, ProvisioningState

log = structlog.get_logger(__name__)

EVERY = 5.0
OFF = (PowerState.STOPPED, PowerState.DEALLOCATING, PowerState.DEALLOCATED)
NOT_YET = (ProvisioningState.CREATING, ProvisioningState.DELETING)
COLUMNS = (
    "line_id",
    "url",
    "number",
    "vm__name",
    "vm__resource_group__name",
    "vm__log_limit_bytes",
    "vm__log_out_on_detach",
    "vm__logout_string",
)


def wanted(host: str) -> list[LineSpec]:
    ports = SerialPort.objects.filter(enabled=True, vm__host=host, vm__boot_diagnostics=True)
    ports = ports.exclude(vm__power_state__in=OFF).exclude(vm__provisioning_state__in=NOT_YET)
    return [_spec(*row) for row in ports.order_by("id").values_list(*COLUMNS)]


def _spec(
    line_id: object, url: str, number: int, vm: str, group: str, limit: int, log_out: str, logout_string: str
) -> LineSpec:
    name = f"{group}/{vm}" + (f"/{number}" if number else "")
    return LineSpec(str(line_id), url, name, limit, log_out, logout_string)


class Following:
    def __init__(self, host: str, want: Callable[[list[LineSpec]], Awaitable[None]]) -> None:
        self.host, self.want = host, want
        self._hint = asyncio.Event()
        self._known: list[LineSpec] | None = None
        self._away = False

    async def run(self) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._listen())
            both.create_task(self._follow())

    async def _follow(self) -> None:
        while True:
            await self.look()
            try:
                await asyncio.wait_for(self._hint.wait(), EVERY)
            except TimeoutError:
                continue

    async def look(self) -> None:
        """A database that is away leaves the lines as they are."""
        self._hint.clear()
        try:
            found = await sync_to_async(_look)(self.host)
        except (DatabaseError, InterfaceError) as error:
            self._say(str(error).partition("\n")[0])
            return
        self._say("")
        if found != self._known:
            await self.want(found)
            self._known = found

    async def _listen(self) -> None:
        """While Redis is away there are no hints; the timer goes on."""
        layer = get_channel_layer()
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(events.HUBS, channel)
                while True:
                    hint = await layer.receive(channel)
                    if hint.get("host") == self.host:
                        self._hint.set()
            except (RedisError, OSError):
                await asyncio.sleep(EVERY)

    def _say(self, trouble: str) -> None:
        """Once when it begins, once when it is over."""
        if trouble and not self._away:
            log.warning("database_away", host=self.host, error=trouble)
        if self._away and not trouble:
            log.info("database_back", host=self.host)
        self._away = bool(trouble)


def _look(host: str) -> list[LineSpec]:
    try:
        return wanted(host)
    finally:
        close_old_connections()
