"""The end of a piece is kept, where an erasure's offset lies in the middle of it. In: the piece and the offset. Out: a smaller piece; the old one is on its way out."""

from django.db import transaction

from consoles.archive.damage import may_come_back
from consoles.archive.objects import Objects, name_of
from consoles.archive.removing import let_go
from consoles.archive.rows import write_piece
from consoles.models import ArchivedPiece
from consoles.record.packed import Damaged, Packed, pack
from consoles.record.segment import ALL
from portal.fleet.stores.base import Missing, StoreTrouble


def cut(piece: ArchivedPiece, before: int, objects: Objects) -> None:
    """Raises StoreTrouble. Of one that is damaged no end can be kept."""
    blob = _rest(piece, before, objects) if before < piece.end else None
    with transaction.atomic():
        if blob:
            write_piece(
                blob,
                line_id=piece.line_id,
                vm_id=piece.vm_id,
                tenant_id=piece.tenant_id,
                account=piece.account,
            )
        let_go([piece])


def _rest(piece: ArchivedPiece, before: int, objects: Objects) -> bytes | None:
    try:
        packed = Packed(objects.get(piece.account, piece.blob, piece.stored_bytes))
    except Missing:
        if may_come_back(piece):
            raise StoreTrouble(StoreTrouble.NOT_FOUND, piece.blob) from None
        return None
    except Damaged:
        return None
    data, times = packed.read(before, packed.end - before), packed.times(before, packed.end, ALL)
    blob = pack(packed.line, before, data, times, packed.last_ms)
    objects.put(piece.account, name_of(piece.line_id, before, piece.end), blob)
    return blob
