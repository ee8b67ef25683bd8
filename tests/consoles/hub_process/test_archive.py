"""From a machine's serial port to its store and out of it again: a real hub, a real queue, real workers."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from consoles.hub import client
from consoles.record.packed import Packed
from portal.fleet.stores.folder import MARK
from tests.consoles.hub.support import MIB, Device
from tests.consoles.hub_process.place import Place
from tests.run.programs import CHECKOUT

LINE = b"%063d\n"
SEGMENT = 64 * 1024  # of a machine whose log may have 1 MiB


def lines(first: int, count: int) -> bytes:
    return b"".join(LINE % number for number in range(first, first + count))


def work(place: Place) -> None:
    """A worker, until there is nothing left to do."""
    command = (sys.executable, "manage.py", "rqworker", "--burst", "--verbosity", "0", "archive.local")
    subprocess.run(command, cwd=CHECKOUT, env={**os.environ, **place.environment}, check=True)


def stored(place: Place) -> list[Path]:
    found = (path for path in (place.var / "stores").rglob("*-*") if path.is_file())
    return sorted(path for path in found if path.name != MARK)


async def until_it_ends_at(place: Place, end: int) -> int:
    """Where the line's log begins by then."""
    async with asyncio.timeout(20):
        while True:
            (line,) = (await client.ask(f"unix://{place.socket}"))["lines"]
            if line["end"] == end:
                return int(line["start"])
            await asyncio.sleep(0.02)


async def test_what_is_printed_is_archived_on_a_hint_and_erased_on_demand(place: Place) -> None:
    place.redis()
    device = await Device(place.var / "run" / "web-1.sock").start()
    line_id = place.do("add", name="web-1", url=f"unix://{device.path}")
    place.do("limit", name="web-1", size=MIB)
    hub = place.hub()
    await place.holds("web-1")
    for first in range(0, 2500, 500):
        await device.print(lines(first, 500))
        await until_it_ends_at(place, 64 * (first + 500))
    await asyncio.to_thread(work, place)
    pieces = place.do("archived", name="web-1")
    assert pieces[0][0] == 0
    assert pieces[-1][1] > SEGMENT
    assert [end for _start, end in pieces[:-1]] == [start for start, _end in pieces[1:]]
    text = b"".join(Packed(path.read_bytes()).read(0, MIB) for path in stored(place)[:1])
    assert text == lines(0, 2500)[: pieces[0][1]]

    assert place.do("erase", name="web-1") == 64 * 2500
    await asyncio.to_thread(work, place)
    assert stored(place) == []
    assert [path for path in (place.var / "spool" / line_id).glob("*.log") if path.stat().st_size] == []
    await device.print(b"and goes on")
    assert await until_it_ends_at(place, 64 * 2500 + 11) == 64 * 2500
    assert not any("Traceback" in line for line in hub.seen)
    await device.stop()
