"""What the boot diagnostics page shows besides the log: links, who was on the console, what is at risk. Callers ask the gate first."""

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from consoles.archive.window import between
from consoles.kept.spools import Elsewhere, spool_of
from consoles.models import ArchivedPiece, ConsoleSession, LineArchive, LogLink, PieceState
from portal.fleet.models import Screenshot, SerialPort, VirtualMachine

SHOWN = 10


def ports_of(vm: VirtualMachine) -> list[SerialPort]:
    """Those that have a log or are about to, by number; where none is, all there are."""
    printed = LineArchive.objects.filter(line_id=OuterRef("line_id"), spool_end__gt=0)
    ports = vm.ports.order_by("number")
    return list(ports.filter(Q(enabled=True) | Exists(printed))) or list(ports)


def links_of(vm: VirtualMachine) -> "QuerySet[LogLink]":
    """Those that are open, soonest to end first."""
    return LogLink.objects.filter(vm=vm, ended_at=None, expires_at__gt=timezone.now()).order_by("expires_at")


def sessions_of(vm: VirtualMachine) -> list[ConsoleSession]:
    """Newest first; whether one lives is said by its end."""
    return list(ConsoleSession.objects.filter(vm=vm).order_by("-started_at")[:SHOWN])


def newest_picture(vm: VirtualMachine) -> Screenshot | None:
    return Screenshot.objects.filter(vm=vm).defer("png").first()


@dataclass(frozen=True)
class Kept:
    """How a line's log stands between spool and store; `archive` is None until a job has looked at it.

    `away`: its host does not answer, so that what is on its disk alone is as a job saw it last.
    """

    archive: LineArchive | None
    stored_bytes: int
    damaged_bytes: int
    waiting_bytes: int
    away: bool = False


def kept_of(port: SerialPort) -> Kept:
    """What is on the disk is asked for now: a job has looked some time ago."""
    pieces = ArchivedPiece.objects.filter(line_id=OuterRef("line_id")).order_by().values("line_id")
    stored = pieces.annotate(total=Sum("stored_bytes")).values("total")
    damaged = pieces.annotate(total=Sum(F("end") - F("start"), filter=Q(state=PieceState.DAMAGED)))
    found = LineArchive.objects.filter(line_id=port.line_id)
    archive = found.annotate(stored=Subquery(stored), damaged=Subquery(damaged.values("total"))).first()
    spool = spool_of(port.line_id, port.vm.host)
    if isinstance(spool, Elsewhere) and spool.away:
        waiting, away = archive.waiting_bytes if archive else 0, True
    else:
        waiting, away = between(archive.archived_to if archive else 0, spool.start, spool.end), False
    of_store = (archive.stored or 0, archive.damaged or 0) if archive else (0, 0)
    return Kept(archive, *of_store, waiting, away)
