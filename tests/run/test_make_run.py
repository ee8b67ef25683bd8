"""`python -m portal.run` for real, on ports and in a directory of its own."""

import os
import signal
import ssl
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.run.programs import Program, free_port, gone, running


@pytest.fixture
def var() -> Iterator[Path]:
    """Short, since it holds a unix socket."""
    with tempfile.TemporaryDirectory(prefix="hp-") as folder:
        yield Path(folder)


def children(program: Program) -> dict[str, psutil.Process]:
    found = psutil.Process(program.process.pid).children()
    return {
        name: process
        for process in found
        for name in ("portal.config.serve", "rqworker", "rqcron", "run_hub", "run_machines", "rqworker-pool")
        if name in process.cmdline()
    }


def niceness(program: Program) -> dict[bool, set[int]]:
    """Of workers, and of all others, beyond the supervisor's own."""
    own, found = psutil.Process(program.process.pid), {True: set[int](), False: set[int]()}
    for child in own.children():
        works = not {"rqworker", "rqworker-pool"}.isdisjoint(child.cmdline())
        found[works].add(child.nice() - own.nice())
    return found


def get(url: str, authority: Path | None = None) -> int:
    context = ssl.create_default_context(cafile=authority) if authority else None
    with urllib.request.urlopen(url, timeout=10, context=context) as answer:
        return int(answer.status)


def test_it_serves_http_and_https_brings_a_dead_web_process_back_and_stops_cleanly(var: Path) -> None:
    http, https = free_port(), free_port()
    ports = {"HOMEPORT_HTTP_PORT": str(http), "HOMEPORT_HTTPS_PORT": str(https)}
    with running(sys.executable, "-m", "portal.run", HOMEPORT_VAR=str(var), DEMO="0", **ports) as program:
        program.until("Homeport is ready", patience=120)
        program.until("Ctrl-C stops it.")
        assert get(f"http://localhost:{http}/healthz") == 200
        assert get(f"https://localhost:{https}/healthz", var / "tls" / "ca.pem") == 200
        started = children(program)
        assert {"portal.config.serve", "rqworker", "run_hub", "run_machines", "rqworker-pool"} <= set(started)
        assert niceness(program) == {True: {5}, False: {0}}

        os.kill(started["portal.config.serve"].pid, signal.SIGKILL)
        program.until("web was ended by SIGKILL; starting it again in 1 s.")

        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(timeout=10) == 0
        assert all(gone(process.pid, patience=0) for process in started.values())


def test_an_unreachable_database_is_one_sentence(var: Path) -> None:
    ports = {"HOMEPORT_HTTP_PORT": str(free_port()), "HOMEPORT_HTTPS_PORT": "0"}
    nowhere = f"postgres://homeport@127.0.0.1:{free_port()}/homeport"
    environment = {"HOMEPORT_VAR": str(var), "DATABASE_URL": nowhere, **ports}
    with running(sys.executable, "-m", "portal.run", **environment) as program:
        said = [line for line in program.rest() if line.startswith("prepare  | The database")]
        assert program.ended() == 1
    assert len(said) == 1
    assert said[0].endswith("Check DATABASE_URL and that it runs.")
