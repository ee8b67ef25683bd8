"""A piece in a store that is not what was put there. In: its row, and how that was seen. Out: it is marked and told of once; its neighbours are read as ever."""

import structlog
from django.utils import timezone

from consoles.models import ArchivedPiece, PieceState

log = structlog.get_logger(__name__)


def mark_damaged(piece: ArchivedPiece, why: str) -> None:
    kept = ArchivedPiece.objects.filter(pk=piece.pk, state=PieceState.KEPT, sha256=piece.sha256)
    if kept.update(state=PieceState.DAMAGED, damaged_at=timezone.now()):
        log.error("archived_piece_damaged", line=str(piece.line_id), name=piece.blob, why=why)
