"""The log of a machine on another host: what that host's hub tells, and what the archive has while it is away."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from consoles.kept import spools
from consoles.kept.log import log_of
from consoles.kept.text import Line, lines
from consoles.record.spool import Spool
from tests.consoles.hub.support import Host, running
from tests.consoles.kept.memory import NOON
from tests.consoles.record.printing import KIB, text
from tests.world import World


@pytest.fixture
def far() -> Iterator[Host]:
    """A hub in a loop of its own."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    with tempfile.TemporaryDirectory(prefix="hub-") as folder:
        hub = running(Path(folder))
        yield asyncio.run_coroutine_threadsafe(hub.__aenter__(), loop).result(10)
        asyncio.run_coroutine_threadsafe(hub.__aexit__(None, None, None), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def line(world: World, far: Host, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """web-1 is on the host far away, which has its log."""
    settings.SPOOL, settings.STORES = tmp_path / "spool", tmp_path / "stores"
    world.vm.host = "far"
    world.vm.save()
    port = world.vm.ports.get()
    spool = Spool(far.settings.spool / str(port.line_id), KIB * KIB)
    for number in range(100):
        spool.append(text(spool.end, 4 * KIB), NOON + number * 1000)
    spool.close()

    async def address_of(host: str) -> str:
        return far.settings.listening.address if host == "far" else ""

    monkeypatch.setattr(spools, "address_of", address_of)
    return port


def test_it_reads_like_any_other(line: Any) -> None:
    log = log_of(line.line_id)
    assert (log.start, log.end, log.away) == (0, 400 * KIB, False)
    data = b""
    while part := log.read(len(data)).data:
        data += part
    assert data == text(0, 400 * KIB)
    assert log.times(8 * KIB, 12 * KIB) == [(8 * KIB, NOON + 2000)]
    assert log.since(NOON + 1000) == 8 * KIB
    assert log.since(NOON + 99_000) == log.end
    assert [one.text for one in lines(log, 0, 16) if isinstance(one, Line)] == ["0000000", "0000001"]


def test_while_its_hub_is_away_it_says_so_and_has_what_the_archive_has(
    line: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nowhere(host: str) -> str:
        return "unix:///nowhere/hub.sock"

    monkeypatch.setattr(spools, "address_of", nowhere)
    log = log_of(line.line_id)
    assert log.away
    assert (log.start, log.end, log.read(0).data, log.times(0, 9), log.since(0)) == (0, 0, b"", [], 0)


def test_a_host_without_a_hub_is_away_too(line: Any, world: World) -> None:
    world.vm.host = "unheard-of"
    world.vm.save()
    assert log_of(line.line_id).away
    assert not log_of(world.other_vm.ports.get().line_id).away
