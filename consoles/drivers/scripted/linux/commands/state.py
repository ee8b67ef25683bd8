"""Commands about the running system. In: words. Out: the kernel's lines, the journal, services, mounts, memory."""

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from consoles.drivers.scripted.linux.commands.base import Failed, Text

if TYPE_CHECKING:
    from consoles.drivers.scripted.linux.shell import Session

JOURNAL = [
    "systemd[1]: Starting {ssh}.service - OpenBSD Secure Shell server...",
    "sshd[521]: Server listening on 0.0.0.0 port 22.",
    "sshd[521]: Server listening on :: port 22.",
    "systemd[1]: Started {ssh}.service - OpenBSD Secure Shell server.",
    "systemd[1]: Reached target multi-user.target - Multi-User System.",
    "systemd[1]: Startup finished in 2.318s (kernel) + 3.906s (userspace) = 6.224s.",
    "login[398]: pam_unix(login:session): session opened for user {user}(uid=1000)",
]
STATUS = """\
● {unit} - {what}
     Loaded: loaded (/lib/systemd/system/{unit}; enabled; preset: enabled)
     Active: active (running) since {since:%a %Y-%m-%d %H:%M:%S} UTC
   Main PID: {pid} ({process})
      Tasks: 1 (limit: 1137)
     Memory: 5.9M
     CGroup: /system.slice/{unit}
             └─{pid} {line}
"""
UNITS = {
    "ssh": (
        "OpenBSD Secure Shell server",
        521,
        "sshd",
        '"sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"',
    ),
    "cron": ("Regular background program processing daemon", 483, "cron", "/usr/sbin/cron -f"),
    "serial-getty@ttyS0": ("Serial Getty on ttyS0", 398, "login", "/bin/login -p --"),
}
DONE = {"daemon-reload", "start", "stop", "restart", "reload", "enable", "disable", "mask", "unmask"}
DF = """\
Filesystem     1K-blocks    Used Available Use% Mounted on
udev              475232       0    475232   0% /dev
/dev/vda1       20466256 1218924  18360688   7% /
tmpfs             491580       0    491580   0% /tmp
"""
FREE = """\
               total        used        free      shared  buff/cache   available
Mem:          983164      142880      701244         656      139040      840284
Swap:              0           0           0
"""
PS = """\
    PID TTY          TIME CMD
    398 ttyS0    00:00:00 login
    412 ttyS0    00:00:00 bash
    477 ttyS0    00:00:00 ps
"""


def _since(session: "Session") -> datetime:
    return datetime.now(UTC) - timedelta(seconds=time.monotonic() - session.machine.booted)


def dmesg(session: "Session", words: list[str], piped: str) -> str:
    return "\n".join(session.machine.said) + "\n"


def journalctl(session: "Session", words: list[str], piped: str) -> str:
    at = f"{_since(session):%b %d %H:%M:%S} {session.machine.name}"
    missing = session.machine.disk.missing_device()
    lines = [f"systemd[1]: Timed out waiting for device /dev/disk/by-uuid/{missing}."] if missing else JOURNAL
    ssh = session.machine.system.ssh
    return "".join(f"{at} {line.format(ssh=ssh, user=session.user)}\n" for line in lines)


def systemctl(session: "Session", words: list[str]) -> str:
    """All of it but what ends a session."""
    act, unit = (*words, "", "")[:2]
    if act in DONE:
        return ""
    if act == "--failed":
        return "  UNIT LOAD ACTIVE SUB DESCRIPTION\n0 loaded units listed.\n"
    if act not in ("status", "is-active"):
        raise Failed(f"Unknown command verb '{act[:64]}'.")
    name = unit.removesuffix(".service").replace("sshd", "ssh")
    if name not in UNITS:
        raise Failed(f"Unit {unit[:64]}.service could not be found.", 4)
    if act == "is-active":
        return "active\n"
    what, pid, process, line = UNITS[name]
    shown = session.machine.system.ssh if name == "ssh" else name
    return STATUS.format(
        unit=f"{shown}.service", what=what, pid=pid, process=process, line=line, since=_since(session)
    )


def mount(session: "Session", words: list[str], piped: str) -> str:
    if not words:
        return "/dev/vda1 on / type ext4 (rw,relatime,discard,errors=remount-ro)\n"
    missing = session.machine.disk.missing_device()
    if words == ["-a"] and missing:
        raise Failed(f"mount: /data: can't find UUID={missing}.", 32)
    return ""


TEXTS: dict[str, Text] = {
    "dmesg": dmesg,
    "journalctl": journalctl,
    "mount": mount,
    "df": lambda session, words, piped: DF,
    "free": lambda session, words, piped: FREE,
    "ps": lambda session, words, piped: PS,
    "sshd": lambda session, words, piped: "",
    "sync": lambda session, words, piped: "",
    "blkid": lambda session, words, piped: '/dev/vda1: LABEL="root" TYPE="ext4"\n',
    "update-grub": lambda session, words, piped: "Generating grub configuration file ...\ndone\n",
}
