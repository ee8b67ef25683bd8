"""Each thing that stops `make run` before it starts: one sentence, a non-zero exit, nothing left running."""

import os
import socket
import sys
from pathlib import Path

import pytest

from portal.run import options, redis_server
from portal.run.errors import CannotStartError
from portal.run.options import Options, from_environment
from tests.run.programs import free_port, needs_mount, running, toy


def test_a_port_in_use_is_named_with_its_holder_and_the_variable_to_set(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with toy(tmp_path, "web=print('up')", port=port) as program:
            assert program.ended() == 1
            (sentence,) = program.rest()
    assert sentence.startswith(f"homeport: Port {port} is in use by ")
    assert sentence.endswith(
        f"(PID {os.getpid()}). Stop that program, or set HOMEPORT_HTTP_PORT to another port."
    )


def test_the_same_port_serves_once_it_is_free(tmp_path: Path) -> None:
    with toy(tmp_path, "web=print('up')", port=free_port()) as program:
        program.until("| up")


def test_a_var_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with toy(tmp_path / "file" / "var", "web=print('up')") as program:
        assert program.ended() == 1
        (sentence,) = program.rest()
    assert sentence.startswith(f"homeport: Homeport cannot write to {tmp_path}/file/var (Not a directory).")


@needs_mount
def test_a_read_only_var_directory_is_named(tmp_path: Path) -> None:
    mounted = f'mount -t tmpfs -o ro none "{tmp_path}" && exec "$@"'
    inside = (sys.executable, "-m", "tests.run.toy", str(tmp_path), str(free_port()), "web=print('up')")
    with running("unshare", "--mount", "sh", "-c", mounted, "sh", *inside) as program:
        assert program.ended() == 1
        (sentence,) = program.rest()
    assert sentence.startswith(f"homeport: Homeport cannot write to {tmp_path} (Read-only file system).")


def test_a_path_too_long_for_a_socket_is_named_with_the_way_out(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 30)
    with toy(deep, "web=print('up')", TOY_REDIS="1") as program:
        assert program.ended() == 1
        (sentence,) = program.rest()
    assert f"The path of Redis's socket, {deep}/run/redis.sock, has " in sentence
    assert sentence.endswith("Set HOMEPORT_VAR to a directory with a shorter path.")


def test_a_redis_that_is_too_old_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "redis-server"
    old.write_text("#!/bin/sh\necho 'Redis server v=6.0.16 sha=0 malloc=libc bits=64'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert redis_server.system_redis() is None
    old.write_text("#!/bin/sh\necho 'Redis server v=7.0.15 sha=0 malloc=libc bits=64'\n")
    assert redis_server.system_redis() == str(old)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("HOMEPORT_HTTP_PORT", "many", "HOMEPORT_HTTP_PORT is 'many': give a number from 1 to 65535"),
        ("HOMEPORT_HTTPS_PORT", "70000", "HOMEPORT_HTTPS_PORT is '70000': give a number from 1 to 65535"),
        ("HOMEPORT_HTTPS_PORT", "8000", "are the same: give each its own port"),
        ("HOMEPORT_BIND", "my-host", "HOMEPORT_BIND is 'my-host': give an IP address of this machine"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: str, sentence: str) -> None:
    with pytest.raises(CannotStartError, match=sentence):
        from_environment({name: value})


def test_an_address_of_another_machine_is_refused(tmp_path: Path) -> None:
    from portal.run import ports

    with pytest.raises(
        CannotStartError, match=r"HOMEPORT_BIND is 192\.0\.2\.1, which is no address of this machine"
    ):
        ports.check(Options(var=tmp_path, bind="192.0.2.1", http_port=free_port(), https_port=0))


def test_the_defaults_are_those_that_the_documents_name() -> None:
    defaults = from_environment({})
    assert defaults == Options(var=options.ROOT / "var", bind="127.0.0.1", http_port=8000, https_port=8443)
    assert (defaults.http, defaults.https) == ("http://localhost:8000", "https://localhost:8443")


def test_the_demonstration_is_for_those_who_try_it_out() -> None:
    assert from_environment({}).demo
    assert not from_environment({"DEMO": "0"}).demo
    assert not from_environment({"HOMEPORT_PRODUCTION": "1"}).demo
