"""How fast a worker moves spools into a store on local disk: compressed, hashed, flushed, with its rows, on one core."""

import time
from pathlib import Path
from unittest.mock import patch

from django.conf import settings
from django.db import connection

from consoles.archive.objects import Objects
from consoles.archive.rounds import archive_host
from consoles.models import ArchivedPiece
from consoles.record.spool import Spool
from portal.fleet.models import VirtualMachine
from tests import world as worlds
from tests.bench.live.table import folder_for, machine, print_table

MIB = 1024 * 1024
LINES, EACH = 3, 60 * MIB
LIMITS = {"1 MiB": 16 * MIB, "4 MiB": 64 * MIB}
NOON = 1_795_000_000_000


def run() -> None:
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    worlds.build()
    VirtualMachine.objects.update(log_limit_bytes=1024 * MIB, power_state="deallocated")
    rows = [measured(kind, size, limit) for kind in ("boot log", "random") for size, limit in LIMITS.items()]
    print_table(
        "From spool to a store on local disk, one worker",
        ["printed", "segments", "MiB", "MB/s", "core", "packed to"],
        rows,
        machine(),
    )


def measured(kind: str, size: str, limit: int) -> list[str]:
    ArchivedPiece.objects.all().delete()
    with (
        folder_for("archive") as folder,
        patch.object(settings, "SPOOL", folder / "spool"),
        patch.object(settings, "STORES", folder / "stores"),
    ):
        vms = VirtualMachine.objects.all()[:LINES]
        for vm in vms:
            fill(folder / "spool" / str(vm.ports.get().line_id), kind, limit)
        connection.cursor().execute("DELETE FROM consoles_linearchive")
        began, used = time.perf_counter(), time.process_time()
        archive_host(vms[0].host, Objects(), 600)
        took, used = time.perf_counter() - began, time.process_time() - used
    pieces = ArchivedPiece.objects.all()
    moved = sum(piece.end - piece.start for piece in pieces)
    stored = sum(piece.stored_bytes for piece in pieces)
    return [
        kind,
        size,
        f"{moved / MIB:.0f}",
        f"{moved / took / 1e6:.0f}",
        f"{used / took:.0%}",
        f"{stored / moved:.0%}",
    ]


def fill(folder: Path, kind: str, limit: int) -> None:
    """An index entry for every 600 bytes, as of a busy line."""
    spool = Spool(folder, 1024 * MIB)
    spool._segments._size = limit // 16
    number = 0
    while spool.end < EACH:
        number += 1
        spool.append(printed(kind, number), NOON + number * 50)
    spool.close()


def printed(kind: str, number: int) -> bytes:
    if kind == "random":
        return number.to_bytes(8) + bytes((number * place * 2654435761 >> 13) & 255 for place in range(592))
    line = "[%12.6f] systemd[1]: Started unit %d of the bench after %d ms.\n"
    return "".join(
        line % (number / 20 + part / 1000, number * 10 + part, number * part) for part in range(9)
    ).encode()
