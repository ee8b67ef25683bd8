"""Commands about files. In: words. Out: what they print; `sed -i`, `cp` and `rm` change the disk."""

import textwrap
from typing import TYPE_CHECKING

from consoles.drivers.scripted.linux.commands.base import Failed, Text, number
from consoles.drivers.scripted.linux.commands.patterns import edited, matches
from consoles.drivers.scripted.linux.disk import resolved

if TYPE_CHECKING:
    from consoles.drivers.scripted.linux.shell import Session


MOST, PIPED = 16, 64 * 1024


def options(words: list[str]) -> tuple[set[str], list[str]]:
    flags = {letter for word in words if word.startswith("-") and len(word) > 1 for letter in word[1:]}
    return flags, [word for word in words if not word.startswith("-") or word == "-"]


def text_of(session: "Session", name: str, command: str) -> str:
    path = resolved(name, session.place)
    if path == "/proc/cmdline":
        return f"{session.machine.command_line}\n"
    if path not in session.machine.disk.files:
        why = "Is a directory" if session.machine.disk.is_folder(path) else "No such file or directory"
        raise Failed(f"{command}: {name}: {why}")
    return session.machine.disk.files[path]


def read(session: "Session", names: list[str], piped: str, command: str) -> str:
    return "".join(text_of(session, name, command) for name in names[:MOST]) if names else piped[:PIPED]


def cat(session: "Session", words: list[str], piped: str) -> str:
    return read(session, options(words)[1], piped, "cat")


def ls(session: "Session", words: list[str], piped: str) -> str:
    flags, names = options(words)
    path = resolved(names[0] if names else ".", session.place)
    disk = session.machine.disk
    if path in disk.files:
        return f"{names[0]}\n"
    if not disk.is_folder(path) and path != session.home:
        raise Failed(f"ls: cannot access '{names[0]}': No such file or directory", 2)
    found = disk.names(path)
    if "l" not in flags:
        rows = textwrap.wrap("  ".join(found), session.tty.columns, break_on_hyphens=False)
        return "".join(f"{row}\n" for row in rows)
    lines = [_long(path, name, disk.files.get(f"{path.rstrip('/')}/{name}")) for name in found]
    return "\n".join([f"total {4 * len(found)}", *lines]) + "\n"


def _long(path: str, name: str, text: str | None) -> str:
    mode, size = ("drwxr-xr-x  2", 4096) if text is None else ("-rw-r--r--  1", len(text))
    return f"{mode} root root {size:>6} Nov 20 09:14 {name}"


def cd(session: "Session", words: list[str], piped: str) -> str:
    path = resolved(words[0], session.place) if words else session.home
    if path != session.home and not session.machine.disk.is_folder(path):
        raise Failed(f"-bash: cd: {words[0]}: No such file or directory")
    session.place = path
    return ""


def grep(session: "Session", words: list[str], piped: str) -> str:
    flags, names = options(words)
    if not names:
        raise Failed("usage: grep [-i] [-v] PATTERN [FILE]", 2)
    lines = read(session, names[1:], piped, "grep").splitlines()
    found = [line for line in lines if matches(names[0], line, "i" in flags) != ("v" in flags)]
    if not found:
        raise Failed("")
    return "\n".join(found) + "\n"


def sed(session: "Session", words: list[str], piped: str) -> str:
    flags, names = options(words)
    if not names:
        raise Failed("usage: sed [-i] SCRIPT [FILE]")
    changed = edited(names[0], read(session, names[1:], piped, "sed"))
    if "i" not in flags:
        return changed
    for name in names[1:]:
        session.write(resolved(name, session.place), edited(names[0], text_of(session, name, "sed")))
    return ""


def cp(session: "Session", words: list[str], piped: str) -> str:
    _, names = options(words)
    if len(names) != 2:
        raise Failed("usage: cp FROM TO")
    session.write(resolved(names[1], session.place), text_of(session, names[0], "cp"))
    return ""


def rm(session: "Session", words: list[str], piped: str) -> str:
    for name in options(words)[1]:
        text_of(session, name, "rm")
        session.machine.disk.files.pop(resolved(name, session.place), None)
    return ""


def head(session: "Session", words: list[str], piped: str) -> str:
    return _some(session, words, piped, last=False)


def tail(session: "Session", words: list[str], piped: str) -> str:
    return _some(session, words, piped, last=True)


def _some(session: "Session", words: list[str], piped: str, last: bool) -> str:
    count = number(words, 10, 10_000)
    names = [word for word in words if not word.lstrip("-").isdigit() and word not in ("-n", "-f")]
    lines = read(session, names, piped, "tail" if last else "head").splitlines(keepends=True)
    return "".join(lines[-count:] if last and count else lines[:count])


def wc(session: "Session", words: list[str], piped: str) -> str:
    text = read(session, options(words)[1], piped, "wc")
    return f"{text.count(chr(10)):>7} {len(text.split()):>7} {len(text.encode()):>7}\n"


TEXTS: dict[str, Text] = {
    "cat": cat,
    "ls": ls,
    "cd": cd,
    "grep": grep,
    "sed": sed,
    "cp": cp,
    "rm": rm,
    "head": head,
    "tail": tail,
    "wc": wc,
}
