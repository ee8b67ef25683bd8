"""A piece in a store that is not what was put there. In: its row, and how that was seen. Out: it is marked and told of once; its neighbours are read as ever.

A store may have been another for a while, because a volume was not mounted: what is found again is kept again.
"""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import structlog
from django.utils import timezone

from consoles.archive.objects import Objects
from consoles.models import ArchivedPiece, PieceState
from portal.fleet.stores.base import Missing

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


def mend(line_id: UUID, objects: Objects) -> None:
    """Raises StoreTrouble. What was called damaged and is whole."""
    damaged = ArchivedPiece.objects.filter(line_id=line_id, state=PieceState.DAMAGED)
    for piece in damaged.select_related("account"):
        if _is_whole(piece, objects):
            found = damaged.filter(pk=piece.pk, sha256=piece.sha256)
            found.update(state=PieceState.KEPT, damaged_at=None)
            log.info("archived_piece_mended", line=str(line_id), name=piece.blob)


def _is_whole(piece: ArchivedPiece, objects: Objects) -> bool:
    try:
        blob = objects.get(piece.account, piece.blob, piece.stored_bytes)
    except Missing:
        return False
    return sha256(blob).hexdigest() == piece.sha256
