"""A line that prints into its spool as the hub does, and what is kept of it anywhere."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from unittest.mock import patch

from consoles.archive import erasing
from consoles.archive.locking import BYTES, NAME
from consoles.archive.objects import Objects
from consoles.archive.rounds import archive_host
from consoles.kept.log import log_of
from consoles.models import ArchivedPiece, Erasure, LineArchive, PieceState
from consoles.record import segments
from consoles.record.packed import Packed
from consoles.record.spool import Spool
from portal.fleet.models import StorageAccount, VirtualMachine
from portal.fleet.stores.opening import store_of
from tests.consoles.record.printing import text
from tests.world import SYSTEM

KIB = 1024
SEGMENT = 4 * KIB
HOUR = 3600 * 1000
LOCKS = """
import fcntl, sys
file = open(sys.argv[1], "ab")
fcntl.lockf(file, fcntl.LOCK_EX, 1, int(sys.argv[2]))
print(flush=True)
input()
"""


class Printer:
    def __init__(self, vm: VirtualMachine, spools: Path, limit: int = 64 * KIB) -> None:
        self.vm, self.port, self.limit = vm, vm.ports.get(), limit
        self.line_id = self.port.line_id
        self.folder = spools / str(self.line_id)
        self.now = int(time.time() * 1000)
        self.printed = 0

    def prints(self, total: int, at_once: int = 512) -> None:
        with patch.object(segments, "SMALLEST", SEGMENT):
            spool = Spool(self.folder, self.limit)
            for _ in range(total // at_once):
                self.now += 100
                spool.append(text(spool.end, at_once), self.now)
            self.printed = spool.end
            spool.close()

    @contextmanager
    def somebody_else_has_it(self) -> Iterator[None]:
        """Another process, which says when it has the lock and keeps it until it is told."""
        self.folder.parent.mkdir(exist_ok=True)
        place = [str(self.folder.parent / NAME), str(self.line_id.int % BYTES)]
        other = subprocess.Popen([sys.executable, "-c", LOCKS, *place], stdin=PIPE, stdout=PIPE)
        assert other.stdout
        other.stdout.readline()
        yield
        other.communicate(b"\n")

    def archives(self) -> LineArchive:
        archive_host(self.vm.host, Objects(), 60)
        return self.row()

    def erases(self, before: int) -> Erasure:
        """As if it had been asked for when so much was printed."""
        with patch.object(erasing, "_ends", return_value=(0, before)):
            return erasing.erase_output(by=SYSTEM, vm=self.vm, reason="a password")

    def row(self) -> LineArchive:
        return LineArchive.objects.get(line_id=self.line_id)

    def pieces(self) -> list[ArchivedPiece]:
        return list(ArchivedPiece.objects.filter(line_id=self.line_id).order_by("start"))

    def objects(self) -> list[str]:
        accounts = [None, *StorageAccount.objects.order_by("id")]
        return [name for account in accounts for name in store_of(account).names("logs/")]

    def archived(self) -> bytes:
        """What the stores have, from end to end; it must be of one piece."""
        data, end = b"", None
        for piece in ArchivedPiece.objects.filter(line_id=self.line_id, state=PieceState.KEPT).order_by(
            "start"
        ):
            packed = Packed(store_of(piece.account).get(piece.blob))
            assert (packed.start, packed.end) == (piece.start, piece.end)
            assert end in (None, piece.start), f"{piece.start} follows {end}"
            data += packed.read(packed.start, packed.size)
            end = piece.end
        return data

    def reads(self) -> tuple[int, bytes]:
        """All of the log as its readers get it."""
        log = log_of(self.line_id)
        at, data = log.start, b""
        while part := log.read(at + len(data)).data:
            data += part
        return at, data
