"""What the boot diagnostics page shows besides the log: links, who was on the console, what is at risk. Callers ask the gate first."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone

from consoles.models import ArchivedPiece, ConsoleSession, LineArchive, LogLink
from portal.fleet.models import Screenshot, SerialPort, VirtualMachine

SHOWN = 10


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
    """How a line's log stands between spool and store; `archive` is None until a job has looked at it."""

    archive: LineArchive | None
    stored_bytes: int


def kept_of(port: SerialPort) -> Kept:
    pieces = ArchivedPiece.objects.filter(line_id=OuterRef("line_id")).order_by().values("line_id")
    stored = pieces.annotate(total=Sum("stored_bytes")).values("total")
    archive = LineArchive.objects.filter(line_id=port.line_id).annotate(stored=Subquery(stored)).first()
    return Kept(archive, (archive.stored or 0) if archive else 0)
