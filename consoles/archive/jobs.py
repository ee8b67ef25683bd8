"""The archive by the clock, and soon after a segment was sealed. Each job may run twice, or be killed: the next goes on where rows and stores are."""

from django.conf import settings
from django.utils import timezone

from consoles.archive.checking import check_host
from consoles.archive.deleting import delete_erased
from consoles.archive.expiring import expire_output
from consoles.archive.objects import Objects
from consoles.archive.queue import CHECK, TIDY, enqueue
from consoles.archive.rounds import archive_host
from consoles.archive.tidying import tidy_host
from consoles.archive.troubles import judge_troubles
from consoles.models import Erasure, LineArchive
from consoles.models.archive import TO_DO
from portal.fleet.models import VirtualMachine
from portal.fleet.workers.once import waits_once

SECONDS, ERASING = 200.0, 60.0
CHECKING = 30.0  # what was printed meanwhile waits for the same worker
MIB = 1024 * 1024


def archive_host_job(host: str) -> None:
    objects = Objects()
    done = archive_host(host, objects, SECONDS)
    delete_erased(host, objects, ERASING)
    if not done:
        enqueue(host)


def tidy_host_job(host: str) -> None:
    tidy_host(host, Objects(), SECONDS)


def check_host_job(host: str) -> int:
    return check_host(host, Objects(), most=settings.STORE_CHECK_MIB * MIB, seconds=CHECKING)


@waits_once
def look_after_archives_job() -> int:
    """Whoever works for a host takes what is put there for it; what they noted last is judged meanwhile."""
    hosts = hosts_with_work()
    for host in hosts:
        enqueue(host)
    judge_troubles()
    return len(hosts)


def tidy_archives_job() -> int:
    hosts = hosts_with_work()
    for host in hosts:
        enqueue(host, TIDY)
    return len(hosts)


@waits_once
def check_archives_job() -> int:
    hosts = hosts_with_work()
    for host in hosts:
        enqueue(host, CHECK)
    return len(hosts)


def expire_output_job() -> int:
    hosts = expire_output(timezone.now())
    for host in hosts:
        enqueue(host)
    return len(hosts)


def hosts_with_work() -> list[str]:
    hosts: set[str] = set()
    for rows in (VirtualMachine.objects, LineArchive.objects, Erasure.objects.filter(TO_DO)):
        hosts.update(rows.order_by().values_list("host", flat=True).distinct())
    return sorted(hosts)
