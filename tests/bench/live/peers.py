"""conserver, ConMan and websockify, installed from Debian, set up to do what is measured of Homeport and nothing more."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.live.programs import Program, running, until
from tests.run.programs import free_port

INSTALL = "apt-get install conserver-server conman websockify"


def installed(program: str) -> bool:
    if shutil.which(program):
        return True
    print(f"{program} is not installed, so its rows are left out: `{INSTALL}` brings it.", flush=True)
    return False


@contextmanager
def conserver(folder: Path, sockets: list[Path]) -> Iterator[Program]:
    """It divides the lines among children, 16 each, as its package does."""
    (folder / "passwd").write_text("")
    places = "".join(f"console line-{at:03} {{ uds {path}; }}\n" for at, path in enumerate(sockets))
    (folder / "conserver.cf").write_text(
        f"config * {{ primaryport {free_port()}; secondaryport 0; logfile {folder}/server.log; "
        f"passwdfile {folder}/passwd; sslrequired no; }}\n"
        f'default * {{ master localhost; type uds; logfile {folder}/&.log; timestamp ""; rw *; }}\n'
        f"access * {{ trusted 127.0.0.1; }}\n{places}"
    )
    command = ("conserver", "-C", str(folder / "conserver.cf"), "-M", "127.0.0.1")
    with running(*command, log=folder / "conserver.err") as program:
        yield program


@contextmanager
def conman(folder: Path, sockets: list[Path]) -> Iterator[Program]:
    places = "".join(f'console name="line-{at:03}" dev="unix:{path}"\n' for at, path in enumerate(sockets))
    (folder / "conman.conf").write_text(
        f'server loopback=on\nserver port={free_port()}\nserver logdir="{folder}"\n'
        f'server pidfile="{folder}/pid"\nglobal log="%N.log"\n{places}'
    )
    command = ("conmand", "-F", "-c", str(folder / "conman.conf"))
    with running(*command, log=folder / "conman.err") as program:
        yield program


@contextmanager
def websockify(folder: Path, target: Path) -> Iterator[int]:
    """The port on which it relays to the device."""
    port = free_port()
    command = ("websockify", f"127.0.0.1:{port}", f"--unix-target={target}")
    with running(*command, log=folder / "websockify.err"):
        until(lambda: answers(port), "websockify does not answer")
        yield port


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
