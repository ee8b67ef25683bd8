"""What a shorter time would delete. In: a tenant and the times that somebody wants. Out: a sentence for each kind of record that goes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import Tenant
from consoles.models import ArchivedPiece, ConsoleSession, LineArchive, PieceState
from consoles.retention.sessions import not_held
from portal.fleet.models.records import AuditSeal
from portal.fleet.services.holds import asked_of_many

SECOND = 1000


def what_goes(tenant: Tenant, wanted: dict[str, Any]) -> list[str]:
    """Of output and sessions, what is on hold is left out; of signed files that is known when their turn comes."""
    kinds = {"log_days": _output, "session_days": _sessions, "audit_days": _files}
    found: list[str] = []
    for name, told in kinds.items():
        if wanted[name]:
            found += told(tenant, timezone.now() - timedelta(days=wanted[name]))
    return found


def _output(tenant: Tenant, limit: datetime) -> Iterator[str]:
    """Machines, which may have several consoles."""
    pieces = ArchivedPiece.objects.filter(tenant=tenant, last_ms__lt=int(limit.timestamp() * SECOND))
    lines = pieces.exclude(state=PieceState.LEAVING).order_by().values("line_id")
    sizes = dict(lines.annotate(size=Sum(F("end") - F("start"))).values_list("line_id", "size"))
    scopes = {one.line_id: one.scope.lower() for one in LineArchive.objects.in_bulk(list(sizes)).values()}
    is_held = asked_of_many()
    free = {line: scope for line, scope in scopes.items() if not is_held(tenant.id, scope)}
    count, size = len(set(free.values())), sum(sizes[line] for line in free)
    if count:
        text = ngettext(
            "Output of %(n)d machine is older and is deleted: %(size)s as it was printed.",
            "Output of %(n)d machines is older and is deleted: %(size)s as it was printed.",
            count,
        )
        yield text % {"n": count, "size": filesizeformat(size)}


def _sessions(tenant: Tenant, limit: datetime) -> Iterator[str]:
    count = not_held(tenant, ConsoleSession.objects.filter(tenant=tenant, ended_at__lt=limit)).count()
    if count:
        text = ngettext(
            "%(n)d session is older and is deleted.", "%(n)d sessions are older and are deleted.", count
        )
        yield text % {"n": count}


def _files(tenant: Tenant, limit: datetime) -> Iterator[str]:
    files = AuditSeal.objects.filter(chain__tenant=tenant, deleted_at=None, last_at__lt=limit)
    found = files.aggregate(count=Count("id"), size=Sum("stored_bytes"))
    if found["count"]:
        text = ngettext(
            "%(n)d signed file of audit entries is older and is deleted: %(size)s.",
            "%(n)d signed files of audit entries are older and are deleted: %(size)s.",
            found["count"],
        )
        yield text % {"n": found["count"], "size": filesizeformat(found["size"])}
