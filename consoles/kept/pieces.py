"""What storage accounts have of a line's log. In: the line. Out: its bytes and times, of as few objects as it takes, each checked before it is believed.

An object that is missing or damaged is passed by: what is missing shows as a gap, and its neighbours are read as ever. So is what
an account keeps whose network rules do not admit whoever reads.
"""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from hashlib import sha256
from operator import attrgetter
from uuid import UUID

from django.db.models import QuerySet

from accounts.principals import Principal
from consoles.archive.damage import mark_damaged
from consoles.kept.parts import Part
from consoles.kept.unpacked import UNPACKED
from consoles.models import ArchivedPiece
from consoles.models.archive import PieceState
from consoles.record.packed import Damaged, Packed
from portal.fleet.models import StorageAccount
from portal.fleet.stores.base import Missing
from portal.fleet.stores.opening import store_of
from portal.fleet.stores.rules import shut_out

by_start = attrgetter("start")


class Pieces:
    """Rows are looked up when they are first needed: whoever reads only what is new never asks for them."""

    def __init__(self, line_id: UUID, erased: int = 0, who: Principal | None = None) -> None:
        """Without `who` it is the portal itself that reads."""
        self._line_id, self._erased, self._who = line_id, erased, who

    def _kept(self) -> "QuerySet[ArchivedPiece]":
        return ArchivedPiece.objects.filter(
            line_id=self._line_id, end__gt=self._erased, state=PieceState.KEPT
        ).order_by("start")

    @cached_property
    def _all(self) -> list[ArchivedPiece]:
        return list(self._kept().select_related("account"))

    @cached_property
    def _rows(self) -> list[ArchivedPiece]:
        """Those that may be read."""
        return [row for row in self._all if row.account_id not in self.shut]

    @cached_property
    def shut(self) -> dict[int, StorageAccount]:
        """The accounts whose network rules keep who reads from what they have of it."""
        return shut_from(self._line_id, self._who) if self._who else {}

    def shut_between(self, start: int, end: int) -> StorageAccount | None:
        """The first that keeps some of what lies there."""
        shut = (row for row in self._all if row.account_id in self.shut) if self.shut else ()
        found = next((row for row in shut if row.start < end and row.end > start), None)
        return self.shut[found.account_id] if found and found.account_id else None

    @cached_property
    def start(self) -> int | None:
        """None where there is nothing."""
        return self._kept().values_list("start", flat=True).first()

    @cached_property
    def end(self) -> int:
        return self._kept().order_by("-start").values_list("end", flat=True).first() or 0

    def read(self, offset: int, length: int, before: int | None = None) -> Part | None:
        """The first bytes there are at or after the offset, all below `before`. Raises StoreTrouble."""
        for at, piece in self._from(offset):
            if before is not None and at >= before:
                return None
            most = length if before is None else min(length, before - at)
            return Part(at, piece.read(at, most))
        return None

    def times(self, start: int, end: int, most: int) -> list[tuple[int, int]]:
        pairs: list[tuple[int, int]] = []
        for at, piece in self._from(start):
            if at >= end or len(pairs) >= most:
                break
            pairs += piece.times(at, end, most - len(pairs))
        return pairs

    def after(self, ms: int) -> int | None:
        """The first byte that was printed later than this; None where there is none."""
        for row in self._rows:
            if row.last_ms > ms and (piece := self._unpacked(row)):
                return piece.after(ms)
        return None

    def before(self, offset: int) -> int | None:
        """Where the last of what is below the offset ends."""
        ends = [min(row.end, offset) for row in self._rows if row.start < offset]
        return max(ends, default=None)

    def _from(self, offset: int) -> Iterator[tuple[int, Packed]]:
        """The pieces that have what is at or after the offset, each with where it is first of use."""
        first = max(bisect_right(self._rows, offset, key=by_start) - 1, 0)
        for row in self._rows[first:]:
            if row.end > offset and (piece := self._unpacked(row)):
                yield max(offset, row.start), piece

    def _unpacked(self, row: ArchivedPiece) -> Packed | None:
        return UNPACKED.get((row.pk, row.sha256), lambda: _fetched(row))


def shut_from(line_id: UUID, who: Principal) -> dict[int, StorageAccount]:
    kept = ArchivedPiece.objects.filter(line_id=line_id).order_by().values("account_id")
    accounts = StorageAccount.objects.filter(id__in=kept, default_action="Deny")
    return {account.pk: account for account in accounts if shut_out(account, who)}


def _fetched(row: ArchivedPiece) -> Packed | None:
    try:
        blob = store_of(row.account).get(row.blob, row.stored_bytes)
        if sha256(blob).hexdigest() != row.sha256:
            raise Damaged("its hash is another")
        return Packed(blob)
    except Missing:
        return _moved_on(row)
    except Damaged as damaged:
        mark_damaged(row, str(damaged))
        return None


def _moved_on(row: ArchivedPiece) -> Packed | None:
    """Since it was looked up, a larger piece has taken its place, or it has left the window."""
    now = ArchivedPiece.objects.filter(pk=row.pk, state=PieceState.KEPT).select_related("account").first()
    if now is not None and now.blob != row.blob:
        return _fetched(now)
    mark_damaged(row, "its object is missing")
    return None
