"""The boot loader's editor for one entry. In: keys. Out: what to draw; `result` says boot, command or leave."""

from consoles.drivers.scripted.grub.menu import FIRST, INSIDE, ROWS, at, frame

BELOW = [
    "Minimum Emacs-like screen editing is supported. TAB lists",
    "completions. Press Ctrl-x or F10 to boot, Ctrl-c or F2 for a",
    "command-line or ESC to discard edits and return to the GRUB menu.",
]
RESULTS = {"\x18": "boot", "f10": "boot", "\x03": "command", "f2": "command", "esc": "leave"}
LONGEST, LINES = 2048, 64
WIDE = INSIDE - 1  # the last column shows that a line goes on


class Editor:
    def __init__(self, version: str, lines: list[str]) -> None:
        self.version, self.lines = version, list(lines)
        self.row = self.column = self._top = 0
        self.result = ""

    def draw(self) -> str:
        return frame(self.version, BELOW) + "\x1b[?25h" + self._body()

    def feed(self, key: str) -> str:
        if key in RESULTS:
            self.result = RESULTS[key]
            return ""
        if len(key) == 1 and key.isprintable():
            self._insert(key)
        elif key in EDITS:
            EDITS[key](self)
        elif key in MOVES:
            self._go(*MOVES[key])
            if not self._scrolls():
                return self._cursor()
        return self._body()

    def _insert(self, char: str) -> None:
        line = self.lines[self.row]
        if len(line) < LONGEST:
            self.lines[self.row] = line[: self.column] + char + line[self.column :]
            self.column += 1

    def _go(self, rows: int, columns: int) -> None:
        if columns in (-1, 1) and not 0 <= self.column + columns <= len(self.lines[self.row]):
            return
        self.row = max(0, min(self.row + rows, len(self.lines) - 1))
        self.column = max(0, min(self.column + columns, len(self.lines[self.row])))

    def backspace(self) -> None:
        if self.column:
            self.column -= 1
            self.delete()
        elif self.row:
            self.row -= 1
            self.column = len(self.lines[self.row])
            self.delete()

    def delete(self) -> None:
        line = self.lines[self.row]
        if self.column < len(line):
            self.lines[self.row] = line[: self.column] + line[self.column + 1 :]
        elif self.row + 1 < len(self.lines):
            self.lines[self.row] += self.lines.pop(self.row + 1)

    def split(self) -> None:
        if len(self.lines) < LINES:
            line = self.lines[self.row]
            self.lines[self.row : self.row + 1] = [line[: self.column], line[self.column :]]
            self.row, self.column = self.row + 1, 0

    def kill(self) -> None:
        if self.column < len(self.lines[self.row]):
            self.lines[self.row] = self.lines[self.row][: self.column]
        else:
            self.delete()

    def _body(self) -> str:
        self._scrolls()
        rows = [row for line in self.lines for row in wrapped(line)][self._top : self._top + ROWS]
        rows += [""] * (ROWS - len(rows))
        return (
            "".join(f"{at(FIRST + row, 3)}{text:<{INSIDE}}" for row, text in enumerate(rows)) + self._cursor()
        )

    def _shown_row(self) -> int:
        return sum(len(wrapped(line)) for line in self.lines[: self.row]) + self.column // WIDE

    def _scrolls(self) -> bool:
        row, before = self._shown_row(), self._top
        self._top = max(min(self._top, row), row - ROWS + 1)
        return self._top != before

    def _cursor(self) -> str:
        return at(FIRST + self._shown_row() - self._top, 3 + self.column % WIDE)


def wrapped(line: str) -> list[str]:
    rows = [line[start : start + WIDE] for start in range(0, len(line) + 1, WIDE)]
    return [f"{row}\\" for row in rows[:-1]] + rows[-1:]


EDITS = {
    "\x7f": Editor.backspace,
    "\b": Editor.backspace,
    "delete": Editor.delete,
    "\x04": Editor.delete,
    "\r": Editor.split,
    "\n": Editor.split,
    "\x0b": Editor.kill,
}
MOVES = {
    "up": (-1, 0),
    "\x10": (-1, 0),
    "down": (1, 0),
    "\x0e": (1, 0),
    "left": (0, -1),
    "\x02": (0, -1),
    "right": (0, 1),
    "\x06": (0, 1),
    "home": (0, -LONGEST),
    "\x01": (0, -LONGEST),
    "end": (0, LONGEST),
    "\x05": (0, LONGEST),
    "page-up": (-LINES, 0),
    "page-down": (LINES, 0),
}
