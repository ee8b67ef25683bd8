"""The hub's process. In: settings, rows, signals. Out: a hub that holds the lines it is told to until SIGTERM, or one sentence and a code."""

import asyncio
import contextlib
import errno
import gc
import logging
import signal
import ssl
from typing import Any

import structlog
import uvloop
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from redis.asyncio import Redis

from consoles.following import Following
from consoles.hub.hub import Hub
from consoles.hub.registry import AnotherHub, Hold, Registry
from consoles.hub.spec import HubSettings
from consoles.hub_settings import hub_settings
from consoles.telling import Telling
from portal.config.checks import OURS
from portal.config.commands import Refused
from portal.config.limits import raise_the_limit_of_files

log = structlog.get_logger(__name__)

LET_GO, DRAIN = 1.0, 4.0  # seconds; the supervisor kills after six
ANOTHER_HUB, ADDRESS, SPOOL, CERTIFICATES = 3, 4, 5, 6


class Command(BaseCommand):
    help = "Holds the serial lines of this host until it is stopped: records what they print, and lets viewers in."
    requires_system_checks = [OURS]  # the others load every page of the portal

    def handle(self, **options: Any) -> None:
        settings = hub_settings()
        raise_the_limit_of_files()
        hold = _held(settings)
        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(serve(settings, hold))
        finally:
            hold.release()


def _held(settings: HubSettings) -> Hold:
    try:
        return Hold(settings.spool)
    except AnotherHub as other:
        raise Refused(
            _("Another hub (%(who)s) keeps its logs in %(spool)s. Stop it, or set HOMEPORT_SPOOL.")
            % {"who": other.who, "spool": settings.spool},
            returncode=ANOTHER_HUB,
        ) from other
    except OSError as error:
        raise Refused(
            _("The hub cannot write to %(spool)s (%(reason)s). Make it writable, or set HOMEPORT_SPOOL.")
            % {"spool": settings.spool, "reason": error.strerror},
            returncode=SPOOL,
        ) from error


async def serve(settings: HubSettings, hold: Hold) -> None:
    # it would say every second, with a traceback, what the registry says once
    logging.getLogger("channels_redis.pubsub").disabled = True
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with contextlib.aclosing(Redis.from_url(settings.redis_url)) as redis:
        telling = Telling()
        hub = Hub(settings, telling)
        registry = Registry(redis, settings.host, settings.listening.address, hold.id, hub.count)
        if await _alone(registry, settings, stop):
            await _start(hub, settings)
            await _run(hub, registry, Following(settings.host, hub.want), stop)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(telling.settled(), LET_GO)


async def _alone(registry: Registry, settings: HubSettings, stop: asyncio.Event) -> bool:
    """False when it was stopped before it could know."""
    checking = asyncio.create_task(registry.check())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([checking, stopping], return_when=asyncio.FIRST_COMPLETED)
    for task in (checking, stopping):
        task.cancel()
    try:
        await checking
    except AnotherHub as other:
        raise Refused(
            _("Another hub (%(who)s) holds the lines of %(host)s. Stop it, or set HOMEPORT_HUB_HOST.")
            % {"who": other.who, "host": settings.host},
            returncode=ANOTHER_HUB,
        ) from other
    except asyncio.CancelledError:
        return False
    return not stop.is_set()


async def _start(hub: Hub, settings: HubSettings) -> None:
    where = {"address": settings.listening.address}
    try:
        if await _answers(settings):
            raise OSError(errno.EADDRINUSE, "in use")
        await hub.start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sentence = _("%(address)s is in use by another program. Stop it, or set HOMEPORT_HUB_LISTEN.")
            raise Refused(sentence % where, returncode=ADDRESS) from error
        reason = {"reason": error.strerror or str(error)}
        if isinstance(error, ssl.SSLError | FileNotFoundError) and settings.listening.path is None:
            sentence = _(
                "The hub's certificates cannot be used (%(reason)s). Check HOMEPORT_HUB_CA, _CERT and _KEY."
            )
            raise Refused(sentence % reason, returncode=CERTIFICATES) from error
        sentence = _("The hub cannot listen on %(address)s (%(reason)s). Check HOMEPORT_HUB_LISTEN.")
        raise Refused(sentence % {**where, **reason}, returncode=ADDRESS) from error


async def _answers(settings: HubSettings) -> bool:
    """A socket of a hub that was killed is in nobody's way; one that somebody listens on is."""
    if settings.listening.path is None:
        return False
    try:
        _reader, writer = await asyncio.open_unix_connection(str(settings.listening.path))
    except OSError:
        return False
    writer.close()
    return True


async def _run(hub: Hub, registry: Registry, following: Following, stop: asyncio.Event) -> None:
    tasks = [asyncio.create_task(work) for work in (following.run(), registry.keep(), stop.wait())]
    log.info("hub_up", host=registry.host, address=registry.address)
    asyncio.get_running_loop().call_later(10, _settle)
    try:
        done, _rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=LET_GO)
        await _drain(hub, registry)


async def _drain(hub: Hub, registry: Registry) -> None:
    """Both at once: a Redis that hangs keeps no viewer waiting."""
    try:
        async with asyncio.timeout(DRAIN):
            await asyncio.gather(hub.drain(), registry.leave())
    except TimeoutError:
        log.warning("not_drained_in_time", host=registry.host)
    log.info("hub_down", host=registry.host)


def _settle() -> None:
    """What is there after the start stays: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
