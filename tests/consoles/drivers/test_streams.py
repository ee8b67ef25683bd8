"""Lines behind unix and TCP sockets, with real servers."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from consoles.drivers import opening
from consoles.drivers.base import BUSY, DENIED, MISSING, TIMEOUT, UNREACHABLE, Abilities, Host, Trouble
from consoles.drivers.opening import open_endpoint
from tests.consoles.drivers.lines import ended, read, type_

EVERY_BYTE = bytes(range(256))


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(4096):
        writer.write(data)
    writer.close()


@pytest.fixture(params=["unix", "tcp"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    path = tmp_path / "vm with space.sock"
    if request.param == "unix":
        server = await asyncio.start_unix_server(echo, path)
        where = f"unix://{path}".replace(" ", "%20")
    else:
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        where = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield where


async def test_it_carries_every_byte_both_ways(url: str, host: Host) -> None:
    line = await open_endpoint(url, host)
    type_(line, EVERY_BYTE)
    assert await read(line, lambda printed: len(printed) == 256) == EVERY_BYTE
    assert line.can == Abilities()
    line.close()


async def test_a_silent_line_gives_nothing_rather_than_the_end(url: str, host: Host) -> None:
    line = await open_endpoint(url, host)
    with pytest.raises(BlockingIOError):
        os.read(line.fd, 10)
    line.close()
    line.close()


async def test_the_hub_sees_that_the_peer_has_gone(host: Host) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = await open_endpoint(f"tcp://127.0.0.1:{server.getsockname()[1]}", host)
        server.accept()[0].close()
    assert await ended(line)
    line.close()


async def trouble(url: str, host: Host) -> Trouble:
    with pytest.raises(Trouble) as raised:
        await open_endpoint(url, host)
    return raised.value


async def test_a_socket_that_is_not_there_is_missing(host: Host, tmp_path: Path) -> None:
    found = await trouble(f"unix://{tmp_path}/none.sock", host)
    assert (found.code, found.reason) == (MISSING, "No such file or directory")


async def test_a_socket_nobody_listens_on_is_unreachable(host: Host, tmp_path: Path) -> None:
    path = str(tmp_path / "left.sock")
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(path)
    assert (await trouble(f"unix://{path}", host)).code == UNREACHABLE


async def test_a_socket_whose_queue_is_full_is_busy(host: Host, tmp_path: Path) -> None:
    path = str(tmp_path / "one.sock")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen(0)
        served = await open_endpoint(f"unix://{path}", host)
        assert (await trouble(f"unix://{path}", host)).code == BUSY
        served.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
async def test_a_socket_of_somebody_else_is_denied(host: Host, tmp_path: Path) -> None:
    path = Path("/tmp") / f"homeport-{os.getpid()}.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        path.chmod(0o600)
        os.seteuid(65534)
        try:
            assert (await trouble(f"unix://{path}", host)).code == DENIED
        finally:
            os.seteuid(0)
            path.unlink()


async def test_a_closed_port_and_an_unknown_name_are_unreachable(host: Host) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    refused = await trouble(f"tcp://127.0.0.1:{port}", host)
    assert (refused.code, refused.reason) == (UNREACHABLE, "Connection refused")
    unknown = await trouble("tcp://no-such-host.invalid:4000", host)
    assert unknown.code == UNREACHABLE
    assert unknown.reason


async def test_a_host_that_never_answers_times_out(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LONGEST", 0.2)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        address = server.getsockname()
        with socket.create_connection(address):
            found = await trouble(f"tcp://127.0.0.1:{address[1]}", host)
    assert (found.code, found.reason) == (TIMEOUT, "no answer within 0.2 seconds")
