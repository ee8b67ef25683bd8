"""Lines that are a program of this machine, under a terminal of its own. In: pty:///path/to/program?arg=…. Out: the terminal's descriptor.

Off unless the operator allows it: whoever may register such a line may run any program as the hub's user.
"""

import errno
import fcntl
import os
import signal
import struct
import subprocess
import termios
from contextlib import suppress

from consoles.drivers.apart import apart
from consoles.drivers.base import NOT_ALLOWED, Abilities, Endpoint, Host, Trouble
from consoles.drivers.threads import start
from consoles.drivers.troubles import from_error
from consoles.drivers.urls import parameters, path, split

SETTING = "HOMEPORT_HUB_ALLOW_PTY"
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "USER", "LOGNAME", "SHELL", "TZ")  # the hub's secrets stay with it
ROWS, COLUMNS = 24, 80


class Terminal(Endpoint):
    """Leaving the terminal is its hang-up, as with a modem."""

    can = Abilities(modem=True, size=True)

    def __init__(self, fd: int, program: subprocess.Popen[bytes]) -> None:
        super().__init__(fd)
        self._program = program
        os.set_blocking(fd, False)
        self.resize(ROWS, COLUMNS)

    async def hang_up(self) -> None:
        self._signal(signal.SIGHUP)

    def resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def close(self) -> None:
        if self.fd < 0:
            return
        self._signal(signal.SIGKILL)
        os.close(self.fd)
        self.fd = -1
        start(self._program.wait, "driver-reaper")

    def _signal(self, number: signal.Signals) -> None:
        """To the program, its group, and the job in the foreground; a program just started has no group of its own yet."""
        self._program.send_signal(number)
        if self._program.returncode is not None:
            return
        for group in {self._program.pid, self._foreground()} - {0, os.getpgrp()}:
            with suppress(ProcessLookupError):
                os.killpg(group, number)

    def _foreground(self) -> int:
        try:
            return os.tcgetpgrp(self.fd)
        except OSError:  # nobody has the terminal
            return 0


async def open_pty(url: str, host: Host) -> Endpoint:
    if not host.allow_pty:
        raise Trouble(NOT_ALLOWED, f"pty:// starts programs, and {SETTING} is off on this machine")
    parts, _ = split(url)
    command = [path(parts), *(value for name, value in parameters(parts) if name == "arg")]
    try:
        return await apart(lambda: _start(command), undo=Terminal.close)
    except OSError as error:
        raise from_error(error) from error


def _start(command: list[str]) -> Terminal:
    os.stat(command[0])
    if not (os.path.isfile(command[0]) and os.access(command[0], os.X_OK)):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    near, far = os.openpty()
    try:
        # setsid makes the session and takes the terminal, env forgets what nohup made the hub ignore, then comes the
        # program: same process, same number
        program = subprocess.Popen(
            ["setsid", "--ctty", "env", "--default-signal", *command],
            stdin=far,
            stdout=far,
            stderr=far,
            cwd="/",
            env=_environment(),
        )
    except BaseException:
        os.close(near)
        raise
    finally:
        os.close(far)
    return Terminal(near, program)


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in KEPT if name in os.environ} | {"TERM": "xterm-256color"}
