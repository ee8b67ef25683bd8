"""How a piece leaves its store. In: pieces that shall go. Out: no object, and then no row; who is killed in between is gone on from there.

No transaction is open while a store is asked: what is being deleted at the moment a legal hold is put still goes.
"""

from collections.abc import Iterable
from uuid import UUID

import structlog

from consoles.archive.objects import Objects
from consoles.models import ArchivedPiece, LineArchive, PieceState
from portal.fleet.models import StorageAccount
from portal.fleet.services.holds import on_hold
from portal.fleet.stores.base import StoreTrouble

log = structlog.get_logger(__name__)


def let_go(pieces: Iterable[ArchivedPiece]) -> None:
    """From here on nobody reads them."""
    ids = [piece.pk for piece in pieces]
    ArchivedPiece.objects.filter(pk__in=ids).update(state=PieceState.LEAVING)


def finish(line_id: UUID, objects: Objects) -> bool:
    """What is on its way out. False where a store or a legal hold keeps some for now; the clock asks again."""
    leaving = ArchivedPiece.objects.filter(line_id=line_id, state=PieceState.LEAVING)
    pieces = list(leaving.select_related("account").order_by("start"))
    scope_key = LineArchive.objects.get(line_id=line_id).scope.lower() if pieces else ""
    keep = set[int | None]()
    for piece in pieces:
        if piece.account_id not in keep and not _remove(piece, scope_key, objects):
            keep.add(piece.account_id)
    return not keep


def _remove(piece: ArchivedPiece, scope_key: str, objects: Objects) -> bool:
    if on_hold(piece.tenant_id, scope_key) or not remove_object(piece.account, piece.blob, objects):
        return False
    piece.delete()
    return True


def replaced(piece: ArchivedPiece, objects: Objects) -> None:
    """A larger one has the place of its row; what keeps its object for now gets one that begins where it ended."""
    if not remove_object(piece.account, piece.blob, objects):
        piece.pk, piece.start, piece.state = None, piece.end, PieceState.LEAVING
        piece.save(force_insert=True)


def remove_object(account: StorageAccount | None, name: str, objects: Objects) -> bool:
    try:
        objects.delete(account, name)
    except StoreTrouble as trouble:
        log.warning("object_not_removed", name=name, code=trouble.code)
        return False
    return True
