"""One line as a terminal would have left it. In: its bytes. Out: its text, free of every control.

Carriage returns, backspaces and what editors of command lines send within a row are followed; colours and everything else is dropped.
"""

import re
from unicodedata import combining, east_asian_width

from consoles.kept.escapes import CONTROL, MOVING, SEQUENCE

COLUMNS = 200  # no cursor is moved beyond; text goes on as far as it likes
WIDTH = 80  # what a guest believes of a terminal behind a serial line
TAB = 8
LONG = 1024  # cells; a longer row is written on, but no more shifted or blanked, as each time would cost all of it
SHIFTS = "P@"
PRINTABLE = re.compile("[ -~]+|[^ -~]")


def plain(data: bytes) -> str:
    text = data.decode("utf-8", "replace").rstrip("\r\n")
    if CONTROL.search(text) is None:
        return text
    if MOVING.search(text) is None:
        return CONTROL.sub("", SEQUENCE.sub("", text))
    return _drawn(text)


def _drawn(text: str) -> str:
    row, at = Row(), 0
    for sequence in SEQUENCE.finditer(text):
        row.write(text[at : sequence.start()])
        row.move(sequence.group())
        at = sequence.end()
    row.write(text[at:])
    return row.text()


class Row:
    """Cells of a row; the second half of a wide character is an empty one."""

    def __init__(self) -> None:
        self._cells: list[str] = []
        self._at = 0

    def text(self) -> str:
        return "".join(self._cells).rstrip(" ")

    def write(self, text: str) -> None:
        for run in PRINTABLE.findall(text):
            if " " <= run[0] <= "~":
                self._put(run, len(run))
            else:
                self._follow(run)

    def _follow(self, character: str) -> None:
        if character == "\r":
            self._return()
        elif character == "\b":
            self._at = max(self._at - 1, 0)
        elif character == "\t":
            self._to(self._at // TAB * TAB + TAB)
        elif combining(character):
            self._join(character)
        elif not CONTROL.match(character):
            wide = east_asian_width(character) in "WF"
            self._put([character, ""] if wide else character, 1 + wide)

    def _return(self) -> None:
        """A shell that fills a row of a terminal goes to the next one by a space and this: for the text, the row goes on."""
        filled = self._at > WIDTH and self._at % WIDTH == 1 and self._cells[-1:] == [" "]
        self._at = self._at - 1 if filled and len(self._cells) == self._at else 0

    def _join(self, character: str) -> None:
        if 0 < self._at <= len(self._cells) and len(self._cells[self._at - 1]) < TAB:
            self._cells[self._at - 1] += character

    def _put(self, cells: str | list[str], count: int) -> None:
        self._fill(self._at)
        self._cells[self._at : self._at + count] = cells
        self._at += count

    def _fill(self, to: int) -> None:
        self._cells += " " * (to - len(self._cells))

    def _to(self, column: int) -> None:
        self._at = max(self._at, min(column, COLUMNS)) if column > self._at else max(column, 0)

    def move(self, sequence: str) -> None:
        """`CSI numbers letter`; any other leaves the row as it is."""
        letter = sequence[-1]
        numbers = sequence.removeprefix("\x1b[").removeprefix("\x9b")[:-1]
        edit = EDITS.get(letter)
        if edit is None or (sequence[:2] != "\x1b[" and sequence[0] != "\x9b"):
            return
        if letter in SHIFTS and len(self._cells) > LONG:
            return
        first, _, second = numbers.partition(";")
        edit(self, _number(second if letter in "Hf" else first))

    def right(self, count: int | None) -> None:
        self._to(self._at + (count or 1))

    def left(self, count: int | None) -> None:
        self._to(self._at - (count or 1))

    def column(self, number: int | None) -> None:
        self._to((number or 1) - 1)

    def erase(self, what: int | None) -> None:
        """Blanks at the end are as good as none."""
        if not what:
            del self._cells[self._at :]
        elif what == 2 or self._at + 1 >= len(self._cells):
            self._cells.clear()
        elif self._at < LONG:
            self._cells[: self._at + 1] = [" "] * (self._at + 1)

    def blank(self, count: int | None) -> None:
        end = min(self._at + (count or 1), len(self._cells))
        self._cells[self._at : end] = " " * (end - self._at)

    def delete(self, count: int | None) -> None:
        del self._cells[self._at : self._at + (count or 1)]

    def insert(self, count: int | None) -> None:
        """What is pushed over the edge is gone, as in a terminal."""
        most = max(len(self._cells), COLUMNS)
        if self._at < len(self._cells):
            self._cells[self._at : self._at] = " " * (count or 1)
            del self._cells[most:]


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()):
        return None
    return min(int(text), COLUMNS) if len(text) < TAB else COLUMNS


EDITS = {
    "C": Row.right,
    "a": Row.right,
    "D": Row.left,
    "G": Row.column,
    "`": Row.column,
    "H": Row.column,
    "f": Row.column,
    "K": Row.erase,
    "X": Row.blank,
    "P": Row.delete,
    "@": Row.insert,
}
