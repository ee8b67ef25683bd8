"""Searching a log of 100 MB for what is only at its end: how long an answer takes, how long all of it, and how much memory."""

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from consoles.kept.log import Log
from consoles.kept.pieces import Pieces
from consoles.kept.search import search
from consoles.record.spool import Spool
from consoles.record.spooled import Spooled
from tests.bench.live.table import print_table

MIB = 1024 * 1024
SIZE = 100 * MIB
NEEDLE = "not syncing"
HELD_TO = 500

PRINTED: dict[str, Callable[[int], bytes]] = {
    "a kernel's messages": lambda n: (
        b"[%12.6f] eth0: renamed from veth%06d, link becomes ready\r\n" % (n / 9, n)
    ),
    "services starting, in colour": lambda n: (
        b"[\x1b[0;32m  OK  \x1b[0m] Started \x1b[0;1;39munit-%06d.service\x1b[0m - Something.\r\n" % n
    ),
    "a shell that edits its lines": lambda n: (
        b"root@web-1:~# lx\b\x1b[Ks -l /srv/data/%06d\r\n\x1b[01;34mfolder\x1b[0m  file\r\n" % n
    ),
    "rows drawn by a program": lambda n: b"\x1b[%d;3H\x1b[7m entry %06d \x1b[m" % (n % 20 + 1, n),
}


def run() -> None:
    rows = [[name, *measured(line)] for name, line in PRINTED.items()]
    print_table(
        "Search in 100 MB for what is only at the end",
        [
            "",
            "first hit in the beginning, ms",
            "longest answer, ms",
            "all of it, s",
            "MB/s",
            "peak memory, MiB",
            "held to, ms",
        ],
        [[*row, str(HELD_TO)] for row in rows],
        "The first hit's time is what a person waits for; each answer after it goes on where the last one stopped.",
    )


def measured(line: Callable[[int], bytes]) -> list[str]:
    with TemporaryDirectory(prefix="bench-") as folder:
        log = filled(Path(folder), line)
        first = timed(lambda: search(log, "0000"))[0]
        answers, at = [], 0
        while at is not None:
            took, answer = timed(lambda at=at: search(log, NEEDLE, at))
            answers.append(took)
            at = answer.next
        if not answer.hits:
            raise ValueError("what is there was not found")
        tracemalloc.start()
        search(log, NEEDLE, budget=2)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    total = sum(answers)
    return [
        f"{first * 1000:.0f}",
        f"{max(answers) * 1000:.0f}",
        f"{total:.2f}",
        f"{SIZE / MIB / total:.0f}",
        f"{peak / MIB:.1f}",
    ]


def filled(folder: Path, line: Callable[[int], bytes]) -> Log:
    spool, number = Spool(folder, 2 * SIZE), 0
    while spool.end < SIZE:
        spool.append(b"".join(line(number + more) for more in range(1000)), 1_795_000_000_000 + number)
        number += 1000
    spool.append(f"\r\nKernel panic - {NEEDLE}\r\n".encode(), 1_795_000_000_000 + number)
    spool.close()
    pieces = Pieces(UUID(int=0))
    pieces.__dict__ |= {"_rows": [], "start": None, "end": 0}  # nothing is archived, and no database is asked
    return Log(Spooled(folder), pieces)


def timed(act: Callable[[], object]) -> tuple[float, object]:
    began = time.perf_counter()
    result = act()
    return time.perf_counter() - began, result
