"""The Special Administration Console and its channels. In: characters. Out: what the line shows; `wants` is an act on the machine.

It knows no VT100: an arrow key prints its letters at SAC>, and becomes a key only in a channel.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from consoles.drivers.scripted.keys import ESC, Keys
from consoles.drivers.scripted.windows import texts
from consoles.drivers.scripted.windows.channel import Channel

PROMPT = "SAC>"
MOST = 10
CMD_LINE = 80


class Sac:
    def __init__(self, name: str) -> None:
        self.name, self.wants = name, ""
        self.channels: dict[int, Channel] = {}
        self.current = 0  # 0 is SAC itself
        self._made = 0
        self._line = ""
        self._escaped = self._announced = False
        self._keys = Keys()

    def feed(self, char: str) -> str:
        if self._escaped:
            self._escaped = False
            if char == "\t":
                return self._next()
            shown = self._view(self.current) if self._announced else ""
            return shown + self._given(ESC) + self._given(char)
        if char == ESC:
            self._escaped = True
            return ""
        if self._announced:
            return self._view(0 if char == "0" else self.current)
        return self._given(char)

    def _given(self, char: str) -> str:
        if self.current == 0:
            return self._at_prompt(char)
        key = self._keys.feed(char)
        if key is None:
            return ""
        channel = self.channels[self.current]
        shown = channel.feed(key)
        return shown + self._closed() if channel.closed else shown

    def _at_prompt(self, char: str) -> str:
        if char in "\r\n":
            line, self._line = self._line.strip(), ""
            return f"\n{self._run(line)}{PROMPT if self.current == 0 and not self._announced else ''}"
        if char in "\b\x7f":
            shown, self._line = "\b \b" if self._line else "", self._line[:-1]
            return shown
        if char.isprintable() and len(self._line) < CMD_LINE:
            self._line += char
            return char
        return ""

    def _run(self, line: str) -> str:
        name, *words = line.lower().split() or [""]
        if not name:
            return ""
        if name in ACTS:
            self.wants = ACTS[name]
            return ""
        if name in ANSWERS:
            return ANSWERS[name](self, words)
        return texts.UNKNOWN

    def commands(self, words: list[str]) -> str:
        return texts.HELP

    def make(self, words: list[str]) -> str:
        if len(self.channels) >= MOST:
            return texts.TOO_MANY
        number = min(set(range(1, MOST + 1)) - self.channels.keys())
        self._made += 1
        self.channels[number] = Channel(f"Cmd{self._made:04}", self.name)
        name = self.channels[number].name
        return f"{texts.LAUNCHED}{PROMPT}\n{texts.CREATED.format(name=name)}"

    def channel(self, words: list[str]) -> str:
        if not words:
            rows = [
                (0, "SAC"),
                *((number, channel.name) for number, channel in sorted(self.channels.items())),
            ]
            return texts.LIST + "".join(f"{number} (AV)    {name}\n" for number, name in rows)
        number = self._meant(words[1:])
        if words[0] == "-?":
            return texts.CHANNEL_HELP
        if words[0] in ("-si", "-sn") and number is not None:
            return self._announce(number)
        if words[0] in ("-ci", "-cn") and number:
            self.current = number
            return self._closed(prompt=False)
        return texts.NO_CHANNEL

    def _meant(self, words: list[str]) -> int | None:
        names = {"sac": 0} | {channel.name.lower(): number for number, channel in self.channels.items()}
        word = words[0] if words else ""
        number = int(word) if word.isdigit() and len(word) < 3 else names.get(word)
        return number if number == 0 or number in self.channels else None

    def _next(self) -> str:
        numbers = [0, *sorted(self.channels)]
        after = [number for number in numbers if number > self.current]
        return self._announce(after[0] if after else 0)

    def _announce(self, number: int) -> str:
        """Says which channel it is; the next key shows it."""
        self.current, self._announced = number, True
        if number == 0:
            return texts.announced("SAC", "Special Administration Console")
        return texts.announced(self.channels[number].name, "Command")

    def _view(self, number: int) -> str:
        self.current, self._announced = number, False
        screen = PROMPT if number == 0 else self.channels[number].screen()
        return f"\x1b[2J\x1b[1;1H{screen}"

    def _closed(self, prompt: bool = True) -> str:
        channel = self.channels.pop(self.current)
        self.current = 0
        return f"\x1b[2J\x1b[1;1H{texts.CLOSED.format(name=channel.name)}{PROMPT if prompt else ''}"

    def identify(self, words: list[str]) -> str:
        return texts.IDENTITY.format(name=self.name.upper())

    def addresses(self, words: list[str]) -> str:
        return texts.ADDRESSES

    def time(self, words: list[str]) -> str:
        return f"Date: {datetime.now(UTC):%m/%d/%Y}  Time (UTC): {datetime.now(UTC):%H:%M:%S:000}\n"

    def tasks(self, words: list[str]) -> str:
        return texts.TASKS


ACTS = {"restart": "restart", "shutdown": "shutdown", "crashdump": "crash"}
ANSWERS: dict[str, Callable[[Sac, list[str]], str]] = {
    "?": Sac.commands,
    "help": Sac.commands,
    "cmd": Sac.make,
    "ch": Sac.channel,
    "id": Sac.identify,
    "i": Sac.addresses,
    "s": Sac.time,
    "t": Sac.tasks,
}
