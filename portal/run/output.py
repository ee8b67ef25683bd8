"""What the supervisor prints: one line at a time, `name     | text`, coloured on a terminal only."""

import os
import re
import sys
from collections.abc import Callable
from typing import TextIO

WIDTH = 8
COLOURS = (36, 32, 33, 35, 34, 31)
CONTROL = re.compile(r"\x1b\[[0-9;]*m|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Output:
    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self.stream = stream
        self.on_closed: Callable[[], None] = lambda: None
        self._coloured = stream.isatty() and not os.environ.get("NO_COLOR")
        self._colours: dict[str, int] = {}

    def line(self, name: str, text: str) -> None:
        """Control characters are dropped: a child's log may quote what a guest printed."""
        self._write(f"{self._prefix(name)} {CONTROL.sub('', text)}".rstrip() + "\n")

    def _prefix(self, name: str) -> str:
        prefix = f"{name:<{WIDTH}} |"
        if not self._coloured:
            return prefix
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        return f"\x1b[{colour}m{prefix}\x1b[0m"

    def _write(self, text: str) -> None:
        """A reader that went away (`make run | head`, a closed terminal) is told to whoever asked, once."""
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())
            self.on_closed()
