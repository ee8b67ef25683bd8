"""One line's log goes into its store. In: the line, locked. Out: an object for each piece that is due, then its row, then no piece beyond the machine's limit.

Killed anywhere and run again, it makes the same objects of the same bytes under the same names.
"""

import time
from dataclasses import dataclass

from django.db import transaction

from consoles.archive import backlog, circular, removing
from consoles.archive.lines import Line, keep
from consoles.archive.objects import Objects, ShareTaken, name_of
from consoles.archive.packing import QUIET_MS, Due, Gone, Newest, due, packed
from consoles.archive.rows import write_piece
from consoles.archive.window import waiting
from consoles.models import ArchivedPiece, LineArchive, PieceState
from consoles.record.segment import ALL, Segment, found
from portal.fleet.models import StorageAccount
from portal.fleet.stores.base import StoreTrouble


def segments_of(line: Line) -> list[Segment]:
    return [segment for segment in found(str(line.folder)) if segment.size]


def has_news(line: Line, known: LineArchive | None, segments: list[Segment]) -> bool:
    """Whether it is worth the queries."""
    if known is None or known.error_code:
        return True
    return any(due(segments, known.archived_to, None, quiet_before_ms=_quiet(line)))


def archive_line(line: Line, objects: Objects) -> None:
    """What a store refuses is in the line's row afterwards."""
    segments = segments_of(line)
    row = backlog.looked(line, segments)
    newest = _newest(line)
    account = line.account if line.vm_id or newest is None else newest.account
    pieces = list(due(segments, row.archived_to, _known(newest), quiet_before_ms=_quiet(line)))
    move = Move(line, row, account, objects)
    if backlog.is_due(row):
        move.all(pieces)
    row.waiting_bytes = waiting(segments, row.archived_to)
    keep(row)
    circular.shorten(line, row, segments)
    removing.finish(line.id, objects)


def _quiet(line: Line) -> int:
    return ALL if line.off else int(time.time() * 1000) - QUIET_MS


def _newest(line: Line) -> ArchivedPiece | None:
    pieces = ArchivedPiece.objects.filter(line_id=line.id).exclude(state=PieceState.LEAVING)
    return pieces.select_related("account").order_by("-start").first()


def _known(newest: ArchivedPiece | None) -> Newest | None:
    return Newest(newest.start, newest.end) if newest else None


@dataclass(frozen=True)
class Move:
    line: Line
    row: LineArchive
    account: StorageAccount | None
    objects: Objects

    def all(self, pieces: list[Due]) -> None:
        backlog.begun(self.row)
        try:
            for piece in pieces:
                self.one(piece)
            backlog.worked(self.row)
        except ShareTaken:
            return
        except StoreTrouble as trouble:
            backlog.failed(self.line, self.row, trouble.code, self.account)

    def one(self, piece: Due) -> None:
        """Raises StoreTrouble. What the hub has dropped meanwhile is lost, and told."""
        try:
            blob = packed(str(self.line.id), piece)
        except Gone:
            backlog.lose(self.line, self.row, piece.beyond(self.row.archived_to), self.account)
            self.row.archived_to = max(self.row.archived_to, piece.end)
            return
        name = name_of(self.line.id, piece.start, piece.end)
        self.objects.put(self.account, name, blob)
        before = self._write(piece, blob)
        if before and (before.account, before.blob) != (self.account, name):
            removing.replaced(before, self.objects)

    @transaction.atomic
    def _write(self, piece: Due, blob: bytes) -> ArchivedPiece | None:
        """The row, and as it was the smaller one whose place it takes."""
        found = ArchivedPiece.objects.filter(line_id=self.line.id, start=piece.start)
        before = found.select_related("account").first()
        write_piece(
            blob,
            line_id=self.line.id,
            vm_id=self.line.vm_id,
            tenant_id=self.line.tenant_id,
            account=self.account,
        )
        self.row.archived_to = piece.end
        keep(self.row)
        return before
