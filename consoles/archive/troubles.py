"""Whether records are kept as promised, each minute by the clock. In: what jobs noted of lines and pieces, and which troubles are open. Out: a store that was away too long is told of, and so is what is over."""

from datetime import timedelta

from django.db.models import BigIntegerField, Case, Count, F, Min, OuterRef, QuerySet, Subquery, Sum, When
from django.utils import timezone

from consoles.models import ArchivedPiece, LineArchive, PieceState
from portal.fleet.models import RecordTrouble, RecordTroubleKind
from portal.fleet.services.record_troubles import end_trouble, tell_of_trouble

AWAY = timedelta(minutes=15)  # a store that takes nothing for so long is told of
# nothing was seen for so long: neither is a trouble told again that comes and goes
CALM = {
    RecordTroubleKind.DAMAGE: timedelta(minutes=10),
    RecordTroubleKind.STORE_AWAY: timedelta(minutes=1),
    RecordTroubleKind.OUTPUT_LOST: timedelta(hours=1),
}


def judge_troubles() -> None:
    for trouble in RecordTrouble.objects.filter(ended_at=None):
        if trouble.kind == RecordTroubleKind.STORE_AWAY and _judge_away(trouble):
            continue
        calm = timezone.now() - trouble.seen_at >= CALM[RecordTroubleKind(trouble.kind)]
        if calm and not _is_damaged(trouble):
            end_trouble(trouble=trouble)


def _judge_away(trouble: RecordTrouble) -> bool:
    """Whether it still is. One that a machine was only just given has as long a time as any."""
    long_ago = timezone.now() - AWAY
    waiting = _refused(trouble).aggregate(
        machines=Count("scope", distinct=True), size=Sum("waiting_bytes"), first=Min("failing_since")
    )
    if waiting["first"] is None:
        return False
    if trouble.told_at or max(trouble.began_at, waiting["first"]) <= long_ago:
        tell_of_trouble(trouble=trouble, machines=waiting["machines"], waiting_bytes=waiting["size"])
    return True


def _refused(trouble: RecordTrouble) -> "QuerySet[LineArchive]":
    """Lines whose output waits for the account. A removed machine's goes where the newest of it is."""
    newest = ArchivedPiece.objects.filter(line_id=OuterRef("line_id")).exclude(state=PieceState.LEAVING)
    of_removed = Subquery(newest.order_by("-start").values("account")[:1])
    lines = LineArchive.objects.filter(tenant_id=trouble.tenant_id, waiting_bytes__gt=0)
    lines = lines.exclude(error_code="").annotate(
        keeper=Case(
            When(vm__isnull=False, then=F("vm__diagnostics_account")),
            default=of_removed,
            output_field=BigIntegerField(),
        )
    )
    return lines.filter(keeper=trouble.account_id)


def _is_damaged(trouble: RecordTrouble) -> bool:
    pieces = ArchivedPiece.objects.filter(
        tenant_id=trouble.tenant_id, account_id=trouble.account_id, state=PieceState.DAMAGED
    )
    return trouble.kind == RecordTroubleKind.DAMAGE and pieces.exists()
