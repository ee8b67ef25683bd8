"""Commands that say who and where one is. In: words. Out: what they print."""

import os
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from consoles.drivers.scripted.linux.commands.base import Failed, Text

if TYPE_CHECKING:
    from consoles.drivers.scripted.linux.shell import Session


def echo(session: "Session", words: list[str], piped: str) -> str:
    plain = words[:1] == ["-n"]
    return " ".join(words[plain:]) + ("" if plain else "\n")


def identity(session: "Session", words: list[str], piped: str) -> str:
    if session.user == "root":
        return "uid=0(root) gid=0(root) groups=0(root)\n"
    return f"uid=1000({session.user}) gid=1000({session.user}) groups=1000({session.user}),27(sudo)\n"


def uname(session: "Session", words: list[str], piped: str) -> str:
    system = session.machine.system
    if words == ["-r"]:
        return f"{system.kernel}\n"
    if words == ["-a"]:
        return f"Linux {session.machine.name} {system.kernel} {system.built} x86_64 GNU/Linux\n"
    return "Linux\n"


def date(session: "Session", words: list[str], piped: str) -> str:
    return f"{datetime.now(UTC):%a %b %e %H:%M:%S UTC %Y}\n"


def running_for(session: "Session") -> float:
    return time.monotonic() - session.machine.booted


def load() -> str:
    return "load average: 0.08, 0.03, 0.01"


def uptime(session: "Session", words: list[str], piped: str) -> str:
    minutes = int(running_for(session) // 60)
    up = f"{minutes} min" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}"
    return f" {datetime.now(UTC):%H:%M:%S} up {up},  1 user,  {load()}\n"


def who(session: "Session", words: list[str], piped: str) -> str:
    return f"{session.user:<8} ttyS0        {datetime.now(UTC):%Y-%m-%d %H:%M}\n"


def export(session: "Session", words: list[str], piped: str) -> str:
    for word in words:
        key, equals, value = word.partition("=")
        if not key.isidentifier():
            raise Failed(f"-bash: export: `{word[:64]}': not a valid identifier")
        if equals:
            session.assign(key, value)
    return ""


def unset(session: "Session", words: list[str], piped: str) -> str:
    for word in words:
        if word != "?":
            session.variables.pop(word, None)
    return ""


def env(session: "Session", words: list[str], piped: str) -> str:
    return "".join(f"{key}={value}\n" for key, value in session.variables.items() if key != "?")


def history(session: "Session", words: list[str], piped: str) -> str:
    return "".join(f"{number:>5}  {line}\n" for number, line in enumerate(session.history, 1))


def no_editor(session: "Session", words: list[str], piped: str) -> str:
    raise Failed("There is no editor on this machine. Change a file with sed -i or echo … >> file.", 127)


TEXTS: dict[str, Text] = {
    "echo": echo,
    "pwd": lambda session, words, piped: f"{os.path.normpath(session.place)}\n",
    "whoami": lambda session, words, piped: f"{session.user}\n",
    "id": identity,
    "hostname": lambda session, words, piped: f"{session.machine.name}\n",
    "tty": lambda session, words, piped: "/dev/ttyS0\n",
    "uname": uname,
    "date": date,
    "uptime": uptime,
    "who": who,
    "w": who,
    "export": export,
    "unset": unset,
    "env": env,
    "history": history,
    "true": lambda session, words, piped: "",
    "vi": no_editor,
    "vim": no_editor,
    "nano": no_editor,
}
