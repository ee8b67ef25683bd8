"""Line editing as shells have it. In: keys, one by one. Out: what to draw; the finished line is in `done`."""

import unicodedata
from collections.abc import Callable

LONGEST = 4096
HISTORY = 200
BELL = "\a"


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


class LineEditor:
    def __init__(self, prompt: str, columns: int = 80, history: list[str] | None = None) -> None:
        self.prompt, self.columns = prompt, max(columns, 8)
        self.text, self.at = "", 0
        self.done: str | None = None
        self.interrupted = self.ended = False
        self._history = [] if history is None else history
        self._entry = len(self._history)
        self._draft = ""

    def feed(self, key: str) -> str:
        act = ACTS.get(key)
        if act:
            return act(self)
        if len(key) == 1 and key.isprintable():
            return self._insert(key)
        return ""

    def redraw(self, rows_up: int | None = None) -> str:
        """The whole line anew; `rows_up` is how far the cursor is below the prompt's row."""
        up = self._row(self.at) if rows_up is None else rows_up
        back = self._row(len(self.text)) - self._row(self.at)
        column = self._place(self.at) % self.columns
        drawn = f"{_up(up)}\r{self.prompt}{self.text}{self._margin(len(self.text))}\x1b[J{_up(back)}\r"
        return drawn + (f"\x1b[{column}C" if column else "")

    def _place(self, at: int) -> int:
        """How many columns from the prompt's first, rows counted as columns."""
        shown = self.prompt + self.text[:at]
        if shown.isascii():
            return len(shown)
        place = 0
        for char in shown:
            wide = width(char)
            split = wide == 2 and place % self.columns == self.columns - 1
            place += wide + split
        return place

    def _row(self, at: int) -> int:
        return self._place(at) // self.columns

    def _margin(self, at: int) -> str:
        """A terminal keeps the cursor in the last column until something follows."""
        return " \r" if at and self._place(at) % self.columns == 0 else ""

    def _insert(self, char: str) -> str:
        if len(self.text) >= LONGEST:
            return BELL
        row, last = self._row(self.at), self.at == len(self.text)
        self.text = self.text[: self.at] + char + self.text[self.at :]
        self.at += 1
        return char + self._margin(self.at) if last else self.redraw(row)

    def _erase(self, start: int, end: int) -> str:
        if start == end:
            return BELL
        row, last = self._row(self.at), end == len(self.text) == self.at
        gone = self._place(end) - self._place(start)
        self.text, self.at = self.text[:start] + self.text[end:], start
        if last and self._row(self.at) == row:
            return "\b" * gone + "\x1b[K"
        return self.redraw(row)

    def _move(self, at: int) -> str:
        if not 0 <= at <= len(self.text):
            return BELL
        row, self.at = self._row(self.at), at
        return self.redraw(row)

    def _recall(self, step: int) -> str:
        entry = self._entry + step
        if not 0 <= entry <= len(self._history):
            return BELL
        if self._entry == len(self._history):
            self._draft = self.text
        row, self._entry = self._row(self.at), entry
        self.text = self._history[entry] if entry < len(self._history) else self._draft
        self.at = len(self.text)
        return self.redraw(row)

    def _enter(self) -> str:
        self.done = self.text
        if self.text.strip() and self._history[-1:] != [self.text]:
            self._history.append(self.text)
            del self._history[:-HISTORY]
        return "\n"

    def _cancel(self) -> str:
        self.done, self.interrupted = "", True
        return "^C\n"

    def _delete_or_end(self) -> str:
        if self.text:
            return self._erase(self.at, min(self.at + 1, len(self.text)))
        self.done, self.ended = "", True
        return ""

    def _word(self) -> str:
        kept = self.text[: self.at].rstrip()
        return self._erase(len(kept) - len(kept.split(" ")[-1]), self.at)

    def _clear(self) -> str:
        return "\x1b[H\x1b[2J" + self.redraw(0)


def _up(rows: int) -> str:
    return f"\x1b[{rows}A" if rows else ""


ACTS: dict[str, Callable[[LineEditor], str]] = {
    "\r": LineEditor._enter,
    "\n": LineEditor._enter,
    "\t": lambda line: BELL,
    "\x03": LineEditor._cancel,
    "\x04": LineEditor._delete_or_end,
    "\x0c": LineEditor._clear,
    "\x7f": lambda line: line._erase(max(line.at - 1, 0), line.at),
    "\b": lambda line: line._erase(max(line.at - 1, 0), line.at),
    "delete": lambda line: line._erase(line.at, min(line.at + 1, len(line.text))),
    "\x15": lambda line: line._erase(0, line.at),
    "\x0b": lambda line: line._erase(line.at, len(line.text)),
    "\x17": LineEditor._word,
    "\x01": lambda line: line._move(0),
    "home": lambda line: line._move(0),
    "\x05": lambda line: line._move(len(line.text)),
    "end": lambda line: line._move(len(line.text)),
    "left": lambda line: line._move(line.at - 1),
    "\x02": lambda line: line._move(line.at - 1),
    "right": lambda line: line._move(line.at + 1),
    "\x06": lambda line: line._move(line.at + 1),
    "up": lambda line: line._recall(-1),
    "\x10": lambda line: line._recall(-1),
    "down": lambda line: line._recall(1),
    "\x0e": lambda line: line._recall(1),
}
