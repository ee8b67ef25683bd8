"""One line's log, read as one. In: a serial port. Out: bytes by offset, offsets by time, and where something is missing."""

from uuid import UUID

from django.conf import settings
from django.db.models import Max

from accounts.principals import Principal
from consoles.kept.parts import PAIRS, PIECE, Part
from consoles.kept.pieces import Pieces
from consoles.kept.spools import Elsewhere, Spool, spool_of
from consoles.models.archive import Erasure, LineArchive
from portal.fleet.models import SerialPort, StorageAccount


class Log:
    """As it was when it was opened; what is printed later is in the next one. Reading never loads more than a segment.

    What only the archive has is read from its storage account, and raises StoreTrouble where that cannot be.
    """

    def __init__(self, spool: Spool, pieces: Pieces, erased: int = 0) -> None:
        self._spool, self._pieces, self._erased = spool, pieces, erased

    @property
    def away(self) -> bool:
        """The newest output cannot be read now: the hub of another host does not answer."""
        return isinstance(self._spool, Elsewhere) and self._spool.away

    @property
    def start(self) -> int:
        """The oldest byte there is; the end where there is none."""
        starts = [start for start in (self._spool.start, self._pieces.start) if start is not None]
        return min(max(min(starts, default=self.end), self._erased), self.end)

    @property
    def end(self) -> int:
        return max(self._spool.end, self._pieces.end, self._erased)

    def read(self, offset: int, length: int = PIECE) -> Part:
        """At most PIECE bytes; empty at the end."""
        offset, length = max(offset, self._erased), min(length, PIECE)
        if length <= 0:
            return Part(offset, b"")
        kept = self._spool.start
        if kept is not None and offset >= kept and (found := self._spool.read(offset, length)):
            if found[0] == offset:
                return Part(*found)
            return self._pieces.read(offset, length, before=found[0]) or Part(*found)
        archived = self._pieces.read(offset, length, before=kept if kept and offset < kept else None)
        if archived:
            return archived
        found = self._spool.read(offset, length)
        return Part(*found) if found else Part(self.end, b"")

    def times(self, start: int, end: int) -> list[tuple[int, int]]:
        """(offset, ms) from the one that holds `start` on; at most 16,384 of them: ask again from the last."""
        start, kept = max(start, self._erased), self._spool.start
        border = self.end if kept is None else kept
        pairs = self._pieces.times(start, min(end, border), PAIRS) if start < border else []
        if end > border and len(pairs) < PAIRS:
            pairs += self._spool.times(max(start, border), end)
        return pairs[:PAIRS]

    def shut_between(self, start: int, end: int) -> StorageAccount | None:
        """Why bytes there are missing for whoever reads, though they are kept: the account that does not admit them."""
        return self._pieces.shut_between(start, end)

    @property
    def shut(self) -> frozenset[int]:
        """The accounts whose pieces were left out when it was opened."""
        return frozenset(self._pieces.shut)

    def when(self, offset: int) -> int | None:
        """When this byte was printed; None where no clock was kept with it."""
        pairs = self.times(offset, offset + 1)
        return pairs[0][1] if pairs else None

    def before(self, offset: int) -> int:
        """Where the nearest bytes below the offset end; the start where there are none. A power cut leaves a gap that nobody scrolls across."""
        ends = (self._spool.before(offset), self._pieces.before(offset))
        return max((end for end in ends if end is not None), default=self.start)

    def since(self, ms: int) -> int:
        """The first byte that was printed after this."""
        found = None if self._is_new(ms) else self._pieces.after(ms)
        if found is None:
            found = self._spool.after(ms)
        return self.end if found is None else max(found, self.start)

    def _is_new(self, ms: int) -> bool:
        """The hub's disk goes back that far."""
        kept = self._spool.start
        first = [] if kept is None else self._spool.times(kept, kept + 1)
        return bool(first) and first[0][1] <= ms


def log_of(line_id: UUID, who: Principal | None = None) -> Log:
    """Three queries, and a look at the hub's disk; whoever asks may read the machine's log.

    `who` is whose address the rules of storage accounts are asked about; without it, the portal itself reads.
    """
    host = _host(line_id)
    erased = Erasure.objects.filter(line_id=line_id).aggregate(before=Max("before"))["before"] or 0
    return Log(spool_of(line_id, host), Pieces(line_id, erased, who), erased)


def _host(line_id: UUID) -> str:
    """Of a port that is no more, the host whose disk had its log."""
    of_port = SerialPort.objects.filter(line_id=line_id).values_list("vm__host", flat=True).first()
    if of_port is not None:
        return of_port
    of_archive = LineArchive.objects.filter(line_id=line_id).values_list("host", flat=True).first()
    return settings.HUB_HOST if of_archive is None else of_archive
