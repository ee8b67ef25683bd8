"""A log keeps to its machine's limit, the oldest piece first. In: a line and its row. Out: pieces that are on their way out, unless a legal hold keeps them."""

from collections.abc import Sequence

from django.db import transaction

from consoles.archive.lines import Line
from consoles.archive.removing import let_go
from consoles.archive.window import leaving, waiting
from consoles.models import ArchivedPiece, LineArchive, PieceState
from consoles.record.segment import Segment
from portal.fleet.services.holds import still_on_hold


def shorten(line: Line, row: LineArchive, segments: Sequence[Segment]) -> None:
    """Of a removed machine nothing more comes, so nothing makes room."""
    if line.limit is None:
        return
    kept = ArchivedPiece.objects.filter(line_id=line.id).exclude(state=PieceState.LEAVING)
    pieces = list(kept.order_by("start").only("start", "end"))
    sizes = [piece.end - piece.start for piece in pieces]
    count = leaving(sizes, waiting(segments, row.archived_to), line.limit)
    if count:
        with transaction.atomic():
            if not still_on_hold(line.tenant_id, line.scope.lower()):
                let_go(pieces[:count])
