"""How far each line's archive has come, and what stands in its way. In: what a job saw. Out: rows, by which the next try is timed and pages tell what is at risk."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from consoles.archive.lines import Line
from consoles.archive.window import lost, waiting
from consoles.models import LineArchive
from consoles.record.segment import Segment
from portal.fleet.models import RecordTroubleKind, StorageAccount
from portal.fleet.services.holds import on_hold
from portal.fleet.services.record_troubles import begin_trouble

FIRST, LONGEST = timedelta(seconds=20), timedelta(minutes=10)  # between tries of a store that refuses


def looked(line: Line, segments: Sequence[Segment]) -> LineArchive:
    """The line's row, with what the disk has now. What left it too early is counted, once."""
    start, end = _ends(segments)
    row, is_new = LineArchive.objects.get_or_create(
        line_id=line.id,
        defaults={"tenant_id": line.tenant_id, "host": line.host, "archived_to": start},
    )
    if segments:
        if not is_new and line.limit and start > row.archived_to:
            held = on_hold(line.tenant_id, line.scope.lower())
            on_disk = sum(segment.size for segment in segments)
            lose(line, row, lost(row.archived_to, start, on_disk, None if held else line.limit), line.account)
        row.archived_to = max(row.archived_to, start)
        row.spool_start, row.spool_end = start, end
    row.vm_id, row.scope, row.host = line.vm_id, line.scope, line.host
    return row


def lose(line: Line, row: LineArchive, count: int, account: StorageAccount | None) -> None:
    """Its tenant is told. Whoever is killed before the row is written counts them again, but tells of them once."""
    row.lost_bytes += count
    if count:
        _begin(line, RecordTroubleKind.OUTPUT_LOST, account, line.vm_id)


def glanced(row: LineArchive, segments: Sequence[Segment]) -> bool:
    """Where nothing is due: whether the disk has other things now than the row says. The newest segment is in no store, and counts."""
    now = (*_ends(segments), waiting(segments, row.archived_to))
    before = (row.spool_start, row.spool_end, row.waiting_bytes)
    if segments:
        row.spool_start, row.spool_end, row.waiting_bytes = now
    return bool(segments) and now != before


def keep_glances(rows: Sequence[LineArchive]) -> None:
    LineArchive.objects.bulk_update(rows, ["spool_start", "spool_end", "waiting_bytes"], batch_size=200)


def _ends(segments: Sequence[Segment]) -> tuple[int, int]:
    return (segments[0].start, segments[-1].end) if segments else (0, 0)


def is_due(row: LineArchive) -> bool:
    """Each time it has failed for twice as long, up to ten minutes between tries."""
    if not row.error_code or row.failing_since is None or row.looked_at is None:
        return True
    wait = min(max(FIRST, row.looked_at - row.failing_since), LONGEST)
    return timezone.now() >= row.looked_at + wait


def begun(row: LineArchive) -> None:
    """Whoever is killed by what this line's store does is not first again."""
    row.looked_at = timezone.now()
    row.save(update_fields=["looked_at"])


def failed(line: Line, row: LineArchive, code: str, account: StorageAccount | None) -> None:
    now = timezone.now()
    row.error_code, row.failing_since, row.looked_at = code, row.failing_since or now, now
    _begin(line, RecordTroubleKind.STORE_AWAY, account)


def worked(row: LineArchive) -> None:
    row.error_code, row.failing_since, row.looked_at = "", None, timezone.now()


def _begin(line: Line, kind: str, account: StorageAccount | None, vm_id: int | None = None) -> None:
    account_id = account.pk if account else None
    begin_trouble(tenant_id=line.tenant_id, account_id=account_id, kind=kind, vm_id=vm_id)
