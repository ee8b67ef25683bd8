"""A piece in a store that is not what was put there. In: its row, and how that was seen. Out: it is marked and told of once; its neighbours are read as ever.

A store may have been another for a while, because a volume was not mounted: what is found again is kept again.
"""

from datetime import timedelta

import structlog
from django.utils import timezone

from consoles.models import ArchivedPiece, PieceState

log = structlog.get_logger(__name__)

LONGEST_AWAY = timedelta(days=1)
MISSING = "its object is missing"


def mark_damaged(piece: ArchivedPiece, why: str) -> None:
    kept = ArchivedPiece.objects.filter(pk=piece.pk, state=PieceState.KEPT, sha256=piece.sha256)
    if kept.update(state=PieceState.DAMAGED, damaged_at=timezone.now()):
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
