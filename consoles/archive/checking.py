"""Archived pieces are read back, the one that waited longest first. In: the host, a budget. Out: each compared with its hash; what is damaged is marked, and kept again once it is whole."""

from hashlib import sha256
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from consoles.archive.damage import MISSING, mark_damaged, mark_whole
from consoles.archive.objects import Objects
from consoles.models import ArchivedPiece, LineArchive, PieceState
from portal.fleet.stores.base import Missing
from portal.fleet.stores.reading_back import longest_ago, read_back

OTHER = "its hash is another"


def check_host(host: str, objects: Objects, *, most: int, seconds: float) -> int:
    """How many bytes were read."""
    return read_back(Pieces(host, objects), most=most, seconds=seconds)


class Pieces:
    """A tenant's turn is told by its lines on this host: other hosts have turns of their own."""

    def __init__(self, host: str, objects: Objects) -> None:
        self._lines, self._objects = LineArchive.objects.filter(host=host).order_by(), objects

    def in_turn(self) -> list[UUID]:
        return longest_ago(self._lines, "tenant")

    def accounts(self, tenant: UUID) -> list[int | None]:
        return longest_ago(self._pieces(tenant), "account", Q(tried_at__gt=F("archived_at")))

    def rows(self, tenant: UUID) -> tuple["QuerySet[ArchivedPiece]", "QuerySet[ArchivedPiece]"]:
        pieces = self._pieces(tenant).select_related("account")
        return pieces.filter(state=PieceState.DAMAGED), pieces.filter(state=PieceState.KEPT)

    def _pieces(self, tenant: UUID) -> "QuerySet[ArchivedPiece]":
        lines = self._lines.filter(tenant=tenant).values("line_id")
        return ArchivedPiece.objects.filter(tenant=tenant, line_id__in=lines)

    def tried(self, row: ArchivedPiece) -> None:
        now = timezone.now()
        LineArchive.objects.filter(line_id=row.line_id).update(tried_at=now)
        ArchivedPiece.objects.filter(pk=row.pk).update(tried_at=now)

    def read(self, row: ArchivedPiece) -> tuple[int, str]:
        try:
            blob = self._objects.get(row.account, row.blob, row.stored_bytes)
        except Missing:
            return 0, MISSING
        return len(blob), "" if sha256(blob).hexdigest() == row.sha256 else OTHER

    def note(self, row: ArchivedPiece, why: str) -> None:
        if why:
            mark_damaged(row, why)
        else:
            mark_whole(row)
        now = timezone.now()
        ArchivedPiece.objects.filter(pk=row.pk).update(checked_at=now, tried_at=now)
