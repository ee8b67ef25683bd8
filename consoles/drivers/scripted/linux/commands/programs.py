"""Commands that take their time or act on the machine. In: words. Out: what they print meanwhile; Ctrl-C ends them."""

from itertools import repeat
from typing import TYPE_CHECKING

from consoles.drivers.scripted.happenings import PowerOff, Reset
from consoles.drivers.scripted.linux import services
from consoles.drivers.scripted.linux.commands.base import Failed, Logout, Program, number
from consoles.drivers.scripted.linux.commands.state import systemctl as told

if TYPE_CHECKING:
    from consoles.drivers.scripted.linux.shell import Session

BLOCK = 512


async def yes(session: "Session", words: list[str]) -> None:
    line = f"{' '.join(words) or 'y'}\n"
    await session.tty.stream(repeat(line * max(1, BLOCK // len(line))))


async def seq(session: "Session", words: list[str]) -> None:
    last = number(words, 0, 10**9)
    await session.tty.stream(
        "".join(f"{n}\n" for n in range(first, min(first + 100, last + 1)))
        for first in range(1, last + 1, 100)
    )


async def sleep(session: "Session", words: list[str]) -> None:
    await session.tty.wait(number(words, 0, 10**6))


async def stty(session: "Session", words: list[str]) -> None:
    tty = session.tty
    if words == ["size"]:
        await session.machine.print(f"{tty.rows} {tty.columns}\n")
        return
    if not words or words == ["-a"]:
        await session.machine.print(f"speed 115200 baud; rows {tty.rows}; columns {tty.columns}; line = 0;\n")
        return
    for key, value in zip(words[::2], words[1::2], strict=False):
        if key in ("rows", "cols", "columns") and value.isdigit() and 0 < int(value[:5]) < 1000:
            setattr(tty, "rows" if key == "rows" else "columns", int(value[:5]))


async def resize(session: "Session", words: list[str]) -> None:
    """Asks the terminal where its last corner is."""
    await session.machine.print("\x1b7\x1b[r\x1b[999;999H\x1b[6n\x1b8")
    answer = await session.tty.answer(2.0)
    if answer is None:
        raise Failed("resize: the terminal does not say its size")
    session.tty.rows, session.tty.columns = answer
    await session.machine.print(f"COLUMNS={answer[1]};\nLINES={answer[0]};\nexport COLUMNS LINES;\n")


async def clear(session: "Session", words: list[str]) -> None:
    await session.machine.print("\x1b[H\x1b[2J\x1b[3J")


async def leave(session: "Session", words: list[str]) -> None:
    raise Logout("logout\n")


async def reboot(session: "Session", words: list[str]) -> None:
    await _stop(session)
    session.machine.kernel_says("reboot: Restarting system")
    raise Reset


async def power_off(session: "Session", words: list[str]) -> None:
    await _stop(session)
    session.machine.kernel_says("reboot: Power down")
    raise PowerOff


async def _stop(session: "Session") -> None:
    lines = [line.format(ssh=session.machine.system.ssh) for line in services.STOPPING]
    await session.machine.print_lines(lines, 0.15)


async def systemctl(session: "Session", words: list[str]) -> None:
    act = words[0] if words else "--failed"
    if act == "default":
        raise Logout("")
    if act in ENDING:
        await ENDING[act](session, [])
    await session.tty.stream([told(session, [act, *words[1:]])])


async def shutdown(session: "Session", words: list[str]) -> None:
    await (reboot if "-r" in words else power_off)(session, [])


ENDING: dict[str, Program] = {"reboot": reboot, "poweroff": power_off, "halt": power_off}
PROGRAMS: dict[str, Program] = {
    **ENDING,
    "yes": yes,
    "seq": seq,
    "sleep": sleep,
    "stty": stty,
    "resize": resize,
    "clear": clear,
    "reset": clear,
    "exit": leave,
    "logout": leave,
    "systemctl": systemctl,
    "shutdown": shutdown,
}
