"""A piece in a store that is not what was put there. In: its row, and how that was seen. Out: it is marked, and its tenant told; its neighbours are read as ever.

A store may have been another for a while, because a volume was not mounted: what is found again is kept again.
"""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from consoles.models import ArchivedPiece, PieceState
from portal.fleet.models import RecordTroubleKind
from portal.fleet.services.record_troubles import begin_trouble

log = structlog.get_logger(__name__)

LONGEST_AWAY = timedelta(days=1)
MISSING = "its object is missing"


@transaction.atomic
def mark_damaged(piece: ArchivedPiece, why: str) -> None:
    kept = ArchivedPiece.objects.filter(pk=piece.pk, state=PieceState.KEPT, sha256=piece.sha256)
    if kept.update(state=PieceState.DAMAGED, damaged_at=timezone.now()):
        begin_trouble(
            tenant_id=piece.tenant_id,
            account_id=piece.account_id,
            kind=RecordTroubleKind.DAMAGE,
            vm_id=piece.vm_id,
        )
        log.error("archived_piece_damaged", line=str(piece.line_id), name=piece.blob, why=why)


def may_come_back(piece: ArchivedPiece) -> bool:
    """One whose object is missing: for a day it may be its store that was away."""
    mark_damaged(piece, MISSING)
    return piece.damaged_at is None or timezone.now() < piece.damaged_at + LONGEST_AWAY


def mark_whole(piece: ArchivedPiece) -> None:
    """As it was read a moment ago."""
    found = ArchivedPiece.objects.filter(pk=piece.pk, state=PieceState.DAMAGED, sha256=piece.sha256)
    if found.update(state=PieceState.KEPT, damaged_at=None):
        log.info("archived_piece_whole_again", line=str(piece.line_id), name=piece.blob)
