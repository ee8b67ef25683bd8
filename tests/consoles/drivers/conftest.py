import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvloop

from consoles.drivers.base import Host
from tests.consoles.drivers.lines import driver_threads, until
from tests.run.programs import free_port

SER2NET = shutil.which("ser2net", path="/usr/sbin:/usr/bin:/sbin:/bin")
SER2NET_YAML = """
connection: &c
  accepter: telnet(rfc2217),tcp,127.0.0.1,{port}
  connector: serialdev,{device},115200n81,local
  options: {{kickolduser: false, max-connections: 1}}
"""


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that the hub runs on."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(autouse=True)
async def nothing_is_left_behind() -> AsyncIterator[None]:
    """No thread and no descriptor, however a test's line ended."""
    before = open_descriptors()
    yield
    await until(lambda: driver_threads() == [])
    await until(lambda: open_descriptors() <= before)


def open_descriptors() -> int:
    """Without the spare one that the loop keeps on /dev/null."""
    links = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))
    return sum(link.is_symlink() and os.readlink(link) != os.devnull for link in links)


@pytest.fixture
def host() -> Host:
    return Host()


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Two terminals connected to each other, in place of a serial cable."""
    ends = tmp_path / "hub-side", tmp_path / "guest-side"
    with running("socat", *(f"pty,raw,echo=0,link={end}" for end in ends)):
        wait_for(lambda: all(end.exists() for end in ends))
        yield ends


@pytest.fixture
def terminal_server(wire: tuple[Path, Path], tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A real ser2net on one end of a cable: its port, and the other end."""
    if not SER2NET:
        pytest.skip("ser2net is not installed: `make test` installs it")
    port, settings = free_port(), tmp_path / "ser2net.yaml"
    settings.write_text(SER2NET_YAML.format(port=port, device=wire[0]))
    with running(SER2NET, "-n", "-c", str(settings), "-P", str(tmp_path / "pid")):
        wait_for(lambda: listens(port))
        yield port, wire[1]


@contextmanager
def running(*command: str) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def listens(port: int) -> bool:
    """Without a connection, which would be the only one that the server allows."""
    hexadecimal = f"0100007F:{port:04X} 00000000:0000 0A"
    return hexadecimal in Path("/proc/net/tcp").read_text()


def wait_for(true: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "a program of the test did not start"
        time.sleep(0.01)
