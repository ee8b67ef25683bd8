"""The row of a piece that is in its store. In: the object, and whose it is. Out: an ArchivedPiece, in the place of a smaller one that began there."""

from hashlib import sha256
from uuid import UUID

from django.utils import timezone

from consoles.archive.objects import name_of
from consoles.models import ArchivedPiece, PieceState
from consoles.record.packed import facts_of
from portal.fleet.models import StorageAccount


def write_piece(
    blob: bytes, *, line_id: UUID, vm_id: int | None, tenant_id: UUID, account: StorageAccount | None
) -> None:
    facts = facts_of(blob)
    end, now = facts.start + facts.size, timezone.now()
    ArchivedPiece.objects.update_or_create(
        line_id=line_id,
        start=facts.start,
        defaults={
            "vm_id": vm_id,
            "tenant_id": tenant_id,
            "account": account,
            "end": end,
            "first_ms": facts.first_ms,
            "last_ms": facts.last_ms,
            "blob": name_of(line_id, facts.start, end),
            "stored_bytes": len(blob),
            "sha256": sha256(blob).hexdigest(),
            "state": PieceState.KEPT,
            "damaged_at": None,
            "tried_at": now,
            "checked_at": now,
        },
    )
