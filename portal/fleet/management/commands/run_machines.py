"""The process that follows this host's machines. In: settings, rows, signals. Out: their states, in the database, until SIGTERM."""

import asyncio
import fcntl
import logging
import os
import signal
import sys
from pathlib import Path
from typing import IO, Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from portal.config.checks import OURS
from portal.config.commands import Refused
from portal.config.limits import raise_the_limit_of_files
from portal.fleet.following.hints import Following
from portal.fleet.following.host import Host
from portal.fleet.following.rows import followed

log = structlog.get_logger(__name__)

AT_MOST = 3  # seconds from the signal on
ANOTHER = 3


class Command(BaseCommand):
    help = "Follows the machines of this host until it is stopped: their power states, panics, displays and guest agents."
    requires_system_checks = [OURS]  # the others load every page of the portal

    def handle(self, **options: Any) -> None:
        raise_the_limit_of_files()
        with _held(settings.VAR_DIR / "run" / f"machines-{settings.HUB_HOST}.lock"):
            asyncio.run(serve(settings.HUB_HOST))


def _held(path: Path) -> IO[str]:
    """Two of them would take each other's connections: a machine's monitor serves one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise Refused(
            _("Another process follows the machines of %(host)s. Stop it, or set HOMEPORT_HUB_HOST.")
            % {"host": settings.HUB_HOST},
            returncode=ANOTHER,
        ) from error
    return lock


async def serve(host: str) -> None:
    # it would say every second, with a traceback, what is no news
    logging.getLogger("channels_redis.pubsub").disabled = True
    stop = asyncio.Event()
    _listen(asyncio.get_running_loop(), stop)
    machines = Host()
    following = Following(host, followed, machines.want)
    tasks = [asyncio.create_task(work) for work in (following.run(), stop.wait())]
    log.info("machines_up", host=host)
    done, _rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    await machines.close()
    log.info("machines_down", host=host)
    sys.stdout.flush()
    os._exit(0)  # a database or a driver that hangs would keep the interpreter from ending


def _listen(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """The clock starts with the signal, however busy the loop is: whatever still has it then is ended by the system."""

    def told(*_of_signal: object) -> None:
        signal.alarm(AT_MOST)
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
