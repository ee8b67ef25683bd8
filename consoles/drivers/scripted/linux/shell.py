"""A shell for one session. In: lines. Out: what its commands print; ends with `exit`, Ctrl-D or after TMOUT seconds."""

import asyncio
from itertools import islice

from consoles.drivers.scripted.editing import LineEditor
from consoles.drivers.scripted.linux.commands import PROGRAMS, TEXTS
from consoles.drivers.scripted.linux.commands.base import Failed, Logout
from consoles.drivers.scripted.linux.disk import DiskFull, resolved
from consoles.drivers.scripted.linux.machine import Linux
from consoles.drivers.scripted.linux.parsing import Command, Unfinished, commands, expanded
from consoles.drivers.scripted.linux.tty import InputEnded, Interrupted, Tty

AT_ONCE = 32  # commands in one line


class Session:
    def __init__(self, machine: Linux, tty: Tty, user: str, place: str = "", prompt: str = "") -> None:
        self.machine: Linux = machine
        self.tty: Tty = tty
        self.user: str = user
        self.home = "/root" if user == "root" else f"/home/{user}"
        self.place: str = place or self.home
        self.history: list[str] = []
        self.variables = {"HOME": self.home, "USER": user, "SHELL": "/bin/bash", "TERM": "vt220", "?": "0"}
        self._prompt = prompt or machine.system.prompt

    @property
    def prompt(self) -> str:
        place = "~" if self.place == self.home else self.place
        sign = "#" if self.user == "root" else "$"
        return self._prompt.format(user=self.user, name=self.machine.name, place=place, sign=sign)

    async def run(self) -> None:
        try:
            while True:
                await self._line()
        except InputEnded as ended:
            text = "\a\ntimed out waiting for input: auto-logout\n" if ended.waited else "exit\n"
            await self.machine.print(text)
        except Logout as logout:
            await self.machine.print(str(logout))

    async def _line(self) -> None:
        editor = LineEditor(self.prompt, self.tty.columns, self.history)
        line = await self.tty.edited(editor, self._patience())
        if editor.interrupted:
            self.variables["?"] = "130"
            return
        try:
            found = commands(line)
        except Unfinished:
            await self.machine.print("-bash: unexpected EOF while looking for matching quote\n")
            return
        try:
            await self._all(found)
        except Interrupted:
            self.variables["?"] = "130"
            await self.machine.print("^C\n")

    def _patience(self) -> float | None:
        seconds = self.variables.get("TMOUT", "")
        return float(seconds) if seconds.isdigit() and int(seconds) and len(seconds) < 7 else None

    async def _all(self, found: list[Command]) -> None:
        piped, before = "", ";"
        for command in islice(found, AT_ONCE):
            failed = self.variables["?"] != "0"
            if not ((before == "&&" and failed) or (before == "||" and not failed)):
                piped = await self._one(command, piped if before == "|" else "")
            before = command.then
            await asyncio.sleep(0)

    async def _one(self, command: Command, piped: str) -> str:
        """What it printed, if another command reads it."""
        name, *words = [expanded(word, self.variables) for word in command.words]
        self.variables["?"] = "0"
        name = name.rpartition("/")[2]
        try:
            if name == "sudo" and words:
                name, *words = words
            if name in PROGRAMS:
                await PROGRAMS[name](self, words)
                return ""
            return await self._shown(command, self._text(name, words, piped))
        except Failed as failed:
            self.variables["?"] = str(failed.status)
            await self.machine.print(f"{failed}\n" if str(failed) else "")
            return ""

    def _text(self, name: str, words: list[str], piped: str) -> str:
        key, equals, value = name.partition("=")
        if equals and key.isidentifier():
            self.assign(key, value)
            return ""
        if name not in TEXTS:
            raise Failed(f"-bash: {name[:64]}: command not found", 127)
        return TEXTS[name](self, words, piped)

    async def _shown(self, command: Command, text: str) -> str:
        if command.target:
            self.write(resolved(expanded(command.target, self.variables), self.place), text, command.append)
            return ""
        if command.then == "|":
            return text
        await self.tty.stream(text[start : start + 512] for start in range(0, len(text), 512))
        return ""

    def assign(self, key: str, value: str) -> None:
        if len(self.variables) < 64:
            self.variables[key] = value[:256]

    def write(self, path: str, text: str, append: bool = False) -> None:
        if path == "/dev/null":
            return
        try:
            self.machine.disk.write(path, self.machine.disk.files.get(path, "") * append + text)
        except DiskFull as full:
            raise Failed(f"-bash: {path}: No space left on device") from full
