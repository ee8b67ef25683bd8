"""Programs with the whole screen. In: keys. Out: a screen drawn anew, until q or Ctrl-C."""

from itertools import count
from typing import TYPE_CHECKING

from consoles.drivers.scripted.keys import next_key
from consoles.drivers.scripted.linux.commands.base import Program
from consoles.drivers.scripted.linux.commands.files import options, text_of
from consoles.drivers.scripted.linux.commands.looking import uptime

if TYPE_CHECKING:
    from consoles.drivers.scripted.linux.shell import Session

EVERY = 3.0
TASKS = [
    (1, "root", "systemd"),
    (2, "root", "kthreadd"),
    (14, "root", "ksoftirqd/0"),
    (231, "root", "systemd-journal"),
    (262, "root", "systemd-udevd"),
    (470, "message+", "dbus-daemon"),
    (483, "root", "cron"),
    (521, "root", "sshd"),
    (398, "root", "login"),
]


def screen(session: "Session", turn: int) -> list[str]:
    busy = (0.0, 0.3, 0.7, 0.3)[turn % 4]
    head = [
        f"top -{uptime(session, [], '').rstrip()}",
        f"Tasks: {len(TASKS) + 1:>3} total,   1 running, {len(TASKS):>3} sleeping,   0 stopped,   0 zombie",
        f"%Cpu(s): {busy:>4.1f} us,  0.3 sy,  0.0 ni, {99.7 - busy:>4.1f} id,  0.0 wa,  0.0 hi,  0.0 si",
        "MiB Mem :    960.1 total,    684.8 free,    139.5 used,    135.8 buff/cache",
        "MiB Swap:      0.0 total,      0.0 free,      0.0 used.    820.6 avail Mem",
        "",
        f"\x1b[7m{'    PID USER      PR  NI    RES S  %CPU  %MEM     TIME+ COMMAND':<{session.tty.columns}}\x1b[m",
    ]
    own = [(477, session.user, "top"), *TASKS]
    rows = [
        f"{pid:>7} {user:<9} 20   0 {4000 + pid:>6} {'R' if pid == 477 else 'S'} {busy if pid == 477 else 0:>5.1f}"
        f"   0.5   0:00.{pid % 97:02} {name}"
        for pid, user, name in own
    ]
    return [line if "\x1b" in line else line[: session.tty.columns] for line in head + rows][
        : session.tty.rows - 1
    ]


async def top(session: "Session", words: list[str]) -> None:
    await session.machine.print("\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J")
    for turn in count():
        lines = "".join(f"{line}\x1b[K\n" for line in screen(session, turn))
        await session.machine.print(f"\x1b[H{lines}\x1b[J")
        if await next_key(session.tty.port, EVERY) in ("q", "\x03"):
            break
    await session.machine.print("\x1b[?25h\x1b[?1049l")


async def less(session: "Session", words: list[str]) -> None:
    _, names = options(words)
    lines = text_of(session, names[0], "less").splitlines() if names else []
    page = max(session.tty.rows - 1, 1)
    for start in range(0, len(lines), page):
        await session.machine.print("".join(f"{line}\n" for line in lines[start : start + page]))
        await session.machine.print("\x1b[7m(END)\x1b[m" if start + page >= len(lines) else ":")
        key = await next_key(session.tty.port)
        await session.machine.print("\r\x1b[K")
        if key in ("q", "\x03"):
            return


PROGRAMS: dict[str, Program] = {"top": top, "less": less, "more": less}
