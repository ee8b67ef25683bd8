"""What a terminal sends, as names of keys. In: characters. Out: one printable or control character, or a name such as "up".

Sequences without a name come out whole, so that an answer of the terminal can be read too.
"""

from consoles.drivers.scripted.port import Port

ESC = "\x1b"
LETTERS = {"A": "up", "B": "down", "C": "right", "D": "left", "H": "home", "F": "end"}
NUMBERS = {
    "1": "home",
    "3": "delete",
    "4": "end",
    "5": "page-up",
    "6": "page-down",
    "7": "home",
    "8": "end",
    "12": "f2",
    "21": "f10",
}
LONGEST = 32
ESC_WAIT = 0.05  # a lone Esc is known by nothing following it


class Keys:
    """Gathers one escape sequence; None while it is not complete."""

    def __init__(self) -> None:
        self._sequence = ""

    def feed(self, char: str) -> str | None:
        if not self._sequence:
            if char != ESC:
                return char
            self._sequence = char
            return None
        self._sequence += char
        if len(self._sequence) == 2 and char in "[O":
            return None
        if len(self._sequence) > 2 and not "@" <= char <= "~" and len(self._sequence) < LONGEST:
            return None
        return self._taken()

    def _taken(self) -> str:
        sequence, self._sequence = self._sequence, ""
        return named(sequence)


def named(sequence: str) -> str:
    body, last = sequence[2:-1], sequence[-1]
    if sequence[1:2] in ("[", "O") and len(sequence) > 2:
        if last == "~":
            return NUMBERS.get(body, sequence)
        if body in ("", "1;5"):
            return LETTERS.get(last, sequence)
    return sequence


async def next_key(port: Port, seconds: float | None = None) -> str:
    """ "" when nothing was typed in time."""
    keys = Keys()
    name = keys.feed(await port.char(seconds))
    while name is None:
        char = await port.char(ESC_WAIT)
        if not char:
            return "esc"
        name = keys.feed(char)
    if len(name) == 2 and name.startswith(ESC):
        port.unread(name[1].encode())
        return "esc"
    return name
