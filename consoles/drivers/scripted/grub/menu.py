"""The boot loader's menu on a terminal of 24 lines. In: keys. Out: what to draw, and at last an entry or another screen."""

from dataclasses import dataclass, field

ROWS = 12
INSIDE = 76
TOP, FIRST = 4, 5
COUNTDOWN = "   The highlighted entry will be executed automatically in {}s."
HELP = [
    "Use the ^ and v keys to select which entry is highlighted.",
    "Press enter to boot the selected OS, `e' to edit the commands",
    "before booting or `c' for a command-line.",
]
BACK = "ESC to return previous menu."


@dataclass
class Entry:
    title: str
    commands: list[str] = field(default_factory=list)
    inside: list["Entry"] = field(default_factory=list)


def at(row: int, column: int) -> str:
    return f"\x1b[{row};{column}H"


def frame(version: str, below: list[str]) -> str:
    title = f"GNU GRUB  version {version}"
    edge = f"+{'-' * (INSIDE + 1)}+"
    sides = "".join(f"{at(FIRST + row, 1)}|{at(FIRST + row, INSIDE + 3)}|" for row in range(ROWS))
    drawn = f"\x1b[?25l\x1b[m\x1b[H\x1b[J{at(2, (80 - len(title)) // 2)}{title}"
    drawn += f"{at(TOP, 1)}{edge}{sides}{at(FIRST + ROWS, 1)}{edge}"
    return drawn + "".join(f"{at(FIRST + ROWS + 1 + row, 1)}      {text}" for row, text in enumerate(below))


class Menu:
    def __init__(self, version: str, entries: list[Entry], seconds: int | None, deep: bool = False) -> None:
        self.version, self.entries, self.deep = version, entries, deep
        self.seconds = seconds
        self.row, self.result = 0, ""  # result: boot, edit, command or back

    def draw(self) -> str:
        help_lines = [*HELP[:2], f"{HELP[2]} {BACK}"] if self.deep else HELP
        drawn = frame(self.version, help_lines)
        return drawn + "".join(self._line(row) for row in range(len(self.entries))) + self.countdown()

    def countdown(self) -> str:
        if self.seconds is None:
            return ""
        return f"{at(22, 1)}{COUNTDOWN.format(self.seconds):<79}{self._cursor()}"

    def second_passed(self) -> str:
        if self.seconds is None:
            return ""
        self.seconds -= 1
        if self.seconds <= 0:
            self.seconds, self.result = 0, "boot"
        return self.countdown()

    def feed(self, key: str) -> str:
        stopped = "" if self.seconds is None else f"{at(22, 1)}{'':<79}"
        self.seconds = None
        return stopped + self._act(key) + self._cursor()

    def _act(self, key: str) -> str:
        steps = {"up": -1, "\x10": -1, "down": 1, "\x0e": 1, "home": -99, "end": 99}
        if key in steps:
            return self._move(steps[key])
        results = {"\r": "boot", "\n": "boot", "\x06": "boot", "right": "boot", "e": "edit", "c": "command"}
        self.result = "back" if key == "esc" and self.deep else results.get(key, "")
        return ""

    def _move(self, step: int) -> str:
        before, self.row = self.row, max(0, min(self.row + step, len(self.entries) - 1))
        return self._line(before) + self._line(self.row)

    def _line(self, row: int) -> str:
        chosen = row == self.row
        text = f"{'*' if chosen else ' '}{self.entries[row].title}"[:INSIDE].ljust(INSIDE)
        look = "\x1b[7m" if chosen else ""
        return f"{at(FIRST + row, 2)}{look}{text}\x1b[m"

    def _cursor(self) -> str:
        return at(FIRST + self.row, INSIDE + 2)
