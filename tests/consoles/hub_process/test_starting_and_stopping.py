"""What stops a hub before it starts is one sentence and a code of its own; what stops it later leaves nothing half done."""

import asyncio
import os
import signal
import socket
import time

import psutil

from consoles.hub import client
from consoles.wire import Op, packed, unpacked
from tests.consoles.hub_process.authority import authority
from tests.consoles.hub_process.place import Place
from tests.run.programs import Program, free_port


def refused(hub: Program, code: int) -> str:
    assert hub.ended() == code
    sentences = [line for line in hub.rest() if line.startswith("Refused: ")]
    assert len(sentences) == 1, hub.seen
    return sentences[0]


async def test_a_second_hub_on_the_same_logs_is_refused_also_without_redis(place: Place) -> None:
    first = place.hub()
    await asyncio.to_thread(first.until, "hub_up")
    soft, hard = psutil.Process(first.process.pid).rlimit(psutil.RLIMIT_NOFILE)
    assert soft == hard, "it may open as many files as the system lets it"
    sentence = refused(place.hub(HOMEPORT_HUB_HOST="other"), 3)
    assert f"(PID {first.process.pid}) keeps its logs in {place.var / 'spool'}." in sentence
    assert await client.ask(f"unix://{place.socket}")


async def test_a_second_hub_for_the_same_host_is_refused(place: Place) -> None:
    place.redis()
    first = place.hub()
    await asyncio.to_thread(first.until, "hub_up")
    elsewhere = {"HOMEPORT_SPOOL": str(place.var / "spool-2")}
    sentence = refused(place.hub(HOMEPORT_HUB_LISTEN=f"unix://{place.var / 'second.sock'}", **elsewhere), 3)
    assert sentence.endswith("holds the lines of local. Stop it, or set HOMEPORT_HUB_HOST.")
    assert [entry.pid for entry in await place.registered()] == [first.process.pid]


async def test_one_that_was_killed_is_in_nobodys_way(place: Place) -> None:
    place.redis()
    first = place.hub()
    place.do("add", name="web-1", url="loop://")
    await place.holds("web-1")
    first.process.kill()
    first.ended()
    start = time.monotonic()
    second = place.hub()
    await place.holds("web-1")
    assert time.monotonic() - start < 10
    assert [entry.pid for entry in await place.registered()] == [second.process.pid]


async def test_a_socket_that_somebody_listens_on_is_not_taken_from_them(place: Place) -> None:
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(place.socket))
        other.listen()
        sentence = refused(place.hub(), 4)
        assert sentence.startswith(f"Refused: unix://{place.socket} is in use by another program.")
    assert place.socket.exists()


def test_certificates_that_are_none_are_named(place: Place) -> None:
    (place.var / "none.pem").write_text("none")
    files = {f"HOMEPORT_HUB_{name}": str(place.var / "none.pem") for name in ("CA", "CERT", "KEY")}
    sentence = refused(place.hub(HOMEPORT_HUB_LISTEN=f"tls://localhost:{free_port()}", **files), 6)
    assert sentence.startswith("Refused: The hub's certificates cannot be used")


def test_a_port_in_use_is_named(place: Place) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ours = authority(place.var / "tls").listening("localhost")
        files = {"CA": ours.authority, "CERT": ours.certificate, "KEY": ours.key}
        environment = {f"HOMEPORT_HUB_{name}": str(file) for name, file in files.items()}
        sentence = refused(place.hub(HOMEPORT_HUB_LISTEN=f"tls://127.0.0.1:{port}", **environment), 4)
    assert sentence == (
        f"Refused: tls://127.0.0.1:{port} is in use by another program. Stop it, or set HOMEPORT_HUB_LISTEN."
    )


def test_a_spool_that_cannot_be_written_is_named(place: Place) -> None:
    (place.var / "file").write_text("")
    sentence = refused(place.hub(HOMEPORT_SPOOL=str(place.var / "file" / "spool")), 5)
    assert sentence == (
        f"Refused: The hub cannot write to {place.var}/file/spool (Not a directory). "
        "Make it writable, or set HOMEPORT_SPOOL."
    )


async def test_asked_to_stop_it_tells_its_viewers_closes_its_logs_and_is_found_no_more(place: Place) -> None:
    """In both ways at once: a hub that stands still hears the second no later than the first."""
    place.redis()
    hub = place.hub()
    line = place.do("add", name="web-1", url="loop://")
    await place.holds("web-1")
    link = await client.connect(f"unix://{place.socket}")
    link.send(Op.ATTACH, packed(wish(line)))
    assert (await link.next())[0] == Op.ATTACHED
    link.send(Op.KEYS, b"recorded")
    for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGCONT):
        os.kill(hub.process.pid, number)
    codes = [unpacked(payload)["code"] async for op, payload in said(link) if op == Op.REFUSED]
    assert await asyncio.to_thread(hub.ended) == 0
    assert codes == ["draining"]
    assert await place.registered() == []
    assert any("hub_down" in line for line in hub.rest())


async def test_a_redis_that_hangs_keeps_it_neither_from_starting_nor_from_stopping(place: Place) -> None:
    redis = place.redis()
    place.do("add", name="web-1", url="loop://")
    os.kill(redis.process.pid, signal.SIGSTOP)
    hub = place.hub()
    await place.holds("web-1")
    start = time.monotonic()
    os.kill(hub.process.pid, signal.SIGTERM)
    assert await asyncio.to_thread(hub.ended) == 0
    assert time.monotonic() - start < 10


def wish(line: str) -> dict[str, object]:
    names = {"viewer": "a" * 32, "page": "b" * 16, "person": "c", "name": "Ann", "address": "127.0.0.1"}
    return {**names, "line": line, "via": "page", "mode": "write", "may_write": True, "from": None, "tail": 0}


async def said(link: client.Link):  # type: ignore[no-untyped-def]
    try:
        while True:
            async with asyncio.timeout(10):
                yield await link.next()
    except client.HubGone:
        return
