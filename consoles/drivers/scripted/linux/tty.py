"""The terminal driver of the guest's line. In: keys. Out: lines, echoed or not; Ctrl-C, Ctrl-S and Ctrl-Q where they count."""

import re
from collections.abc import Iterable

from consoles.drivers.scripted.editing import LineEditor, width
from consoles.drivers.scripted.guest import Guest
from consoles.drivers.scripted.keys import next_key

INTERRUPT, STOP, START = b"\x03", b"\x13", b"\x11"
LONGEST = 256


class Interrupted(Exception):
    """Ctrl-C reached the program in front."""


class InputEnded(Exception):
    """Ctrl-D on an empty line, or nothing typed in time (`waited`)."""

    def __init__(self, waited: bool = False) -> None:
        super().__init__()
        self.waited = waited


class Tty:
    def __init__(self, guest: Guest) -> None:
        self.guest, self.port = guest, guest.port
        self.rows, self.columns = 24, 80

    def arriving(self, data: bytes) -> bytes:
        """Ctrl-S and Ctrl-Q never reach a program."""
        if STOP in data or START in data:
            self.port.hold(data.rfind(STOP) > data.rfind(START))
            return data.replace(STOP, b"").replace(START, b"")
        return data

    async def line(self, prompt: str, echo: bool = True, seconds: float | None = None) -> str:
        """As the kernel edits a line: erase and kill, nothing more."""
        await self.guest.print(prompt)
        text = ""
        while True:
            key = await next_key(self.port, seconds)
            if key in ("\r", "\n"):
                await self.guest.print("\n")
                return text
            if not key or (key == "\x04" and not text):
                raise InputEnded(waited=not key)
            if key == "\x03":
                raise Interrupted
            text, shown = cooked(text, key)
            if echo:
                await self.guest.print(shown)

    async def edited(self, editor: LineEditor, seconds: float | None = None) -> str:
        await self.guest.print(editor.prompt)
        while editor.done is None:
            key = await next_key(self.port, seconds)
            if not key:
                raise InputEnded(waited=True)
            await self.guest.print(editor.feed(key))
        if editor.ended:
            raise InputEnded
        return editor.done

    async def stream(self, pieces: Iterable[str]) -> None:
        """Prints on and on, until Ctrl-C."""
        for piece in pieces:
            await self.guest.print(piece)
            self.check()

    async def wait(self, seconds: float) -> None:
        """Somebody may type meanwhile: it is echoed, and read by whatever comes next."""
        if not self.guest.options.speed:
            return
        end, typed = self.port.clock() + seconds / self.guest.options.speed, ""
        while (left := end - self.port.clock()) > 0:
            char = await self.port.char(left)
            if char == "\x03":
                raise Interrupted
            typed = (typed + char)[:LONGEST]
            await self.guest.print(char if char.isprintable() else "\n" if char in ("\r", "\n") else "")
        self.port.unread(typed.encode())

    async def answer(self, seconds: float) -> tuple[int, int] | None:
        """What the terminal answers to the question where its cursor is."""
        key = await next_key(self.port, seconds)
        found = re.fullmatch(r"\x1b\[(\d{1,3});(\d{1,3})R", key)
        return (int(found[1]), int(found[2])) if found else None

    def check(self) -> None:
        if self.port.has(INTERRUPT):
            self.port.drop_typed(through=INTERRUPT)
            self.port.drop_output()
            raise Interrupted


def cooked(text: str, key: str) -> tuple[str, str]:
    """The line after the key, and what is echoed."""
    if key in ("\x7f", "\b"):
        return text[:-1], "\b \b" * width(text[-1:])
    if key == "\x15":
        return "", "\b \b" * width(text)
    if len(key) == 1 and key.isprintable() and len(text) < LONGEST:
        return text + key, key
    return text, ""
