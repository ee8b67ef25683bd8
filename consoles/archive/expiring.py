"""Recorded output whose time is over, by the retention of its tenant. In: the time. Out: an Erasure for each line that has any, but none under a legal hold."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, Q

from accounts import principals
from consoles.archive.erasing import erased_offset, record
from consoles.models import ArchivedPiece, Erasure, LineArchive, PieceState
from portal.fleet.models.records import Retention
from portal.fleet.services.holds import still_on_hold

SECOND = 1000


def expire_output(now: datetime) -> set[str]:
    """The hosts whose jobs have something to do."""
    hosts = set()
    for retention in Retention.objects.exclude(log_days=None):
        cutoff = now - timedelta(days=retention.log_days or 0)
        for archive, first, before in _over(retention, int(cutoff.timestamp() * SECOND)):
            if before > erased_offset(archive) and _expire(archive, first, before):
                hosts.add(archive.host)
    return hosts


def _over(retention: Retention, cutoff_ms: int) -> list[tuple[LineArchive, int, int]]:
    """Up to the first piece that is young enough, and never beyond it."""
    pieces = ArchivedPiece.objects.filter(tenant_id=retention.tenant_id).exclude(state=PieceState.LEAVING)
    old = set(pieces.filter(last_ms__lt=cutoff_ms).values_list("line_id", flat=True).distinct().order_by())
    lines = pieces.filter(line_id__in=old).values("line_id").order_by()
    ends = lines.annotate(
        first=Min("start"), young=Min("start", filter=Q(last_ms__gte=cutoff_ms)), end=Max("end")
    )
    found = {line["line_id"]: line for line in ends}
    archives = LineArchive.objects.in_bulk(list(found))
    return [
        (archive, found[line_id]["first"], _before(found[line_id])) for line_id, archive in archives.items()
    ]


def _before(line: Mapping[str, Any]) -> int:
    before: int = line["end"] if line["young"] is None else line["young"]
    return before


@transaction.atomic
def _expire(archive: LineArchive, first: int, before: int) -> bool:
    """False under a legal hold."""
    if still_on_hold(archive.tenant_id, archive.scope.lower()):
        return False
    earlier = Erasure.objects.filter(line_id=archive.line_id, by_clock=True)
    earlier.exclude(Q(spool_done_at=None) | Q(stores_done_at=None)).delete()  # the audit log keeps them
    by = principals.system("retention", archive.tenant_id)
    erasure = Erasure.objects.create(
        line_id=archive.line_id,
        vm_id=archive.vm_id,
        tenant_id=archive.tenant_id,
        host=archive.host,
        scope=archive.scope,
        before=before,
        first=max(first, erased_offset(archive)),
        by_clock=True,
        asked_by_name=by.name,
    )
    record(by, erasure, by_clock=True)
    return True
