"""What of a guest's output may be played again. In: bytes, in pieces that may end anywhere. Out: text that a terminal can be fed.

Only what draws is let through, by name: nothing that sets titles, clipboards or links, makes the terminal answer, or rings for ever.
"""

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator

from consoles.kept.escapes import TURNS

CSI = rb"(?:\x1b\[|\xc2\x9b)(?P<numbers>[0-?]*)(?P<between>[ -/]*)(?P<letter>[@-~])?"
OSC = rb"(?:\x1b\]|\xc2\x9d)(?:[^\x07\n\x18\x1a\x1b\xc2]++|\xc2(?!\x9c))*+(?P<osc>\x07|\x18|\x1a|\x1b\\|\xc2\x9c)?"
STRING = rb"(?:\x1b[PX^_]|\xc2[\x90\x98\x9e\x9f])(?:[^\n\x18\x1a\x1b\xc2]++|\xc2(?!\x9c))*+(?P<string>\x18|\x1a|\x1b\\|\xc2\x9c)?"
ESC = rb"\x1b(?P<middle>[ -/]*)(?P<final>[0-~])?"
MAYBE_C1 = rb"\xc2\Z"
SEQUENCE = re.compile(b"|".join((CSI, OSC, STRING, ESC, MAYBE_C1)))

PLAIN_NUMBERS = re.compile(rb"(?:\d{0,4}[;:]){0,31}\d{0,4}")
DRAWS = b"@ABCDEFGHIJKLMPSTXZ`adefgmrsu"
CSI_OPENS = (b"\x1b[", b"\xc2\x9b")
REPEATS = re.compile(rb"\d{0,3}")
MODES = frozenset((b"4", b"20"))
PRIVATE_MODES = frozenset((b"5", b"6", b"7", b"25", b"47", b"1047", b"1048", b"1049"))
SHORT = re.compile(rb"\x1b(?:[78DEHMc=>]|[()*+][0-9A-Za-z])")
DROPPED = re.compile(f"[\x00-\x07\x0b\x0c\x10-\x1a\x1c-\x1f\x7f-\x9f{TURNS}]")
LONGEST = 4096  # of a sequence that has not ended; the rest of it is let go of as it comes
OPEN = (None, "between", "middle")  # the last group of one that may go on


class Sanitiser:
    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._held, self._dropped = b"", 0

    @property
    def pending(self) -> int:
        """How many of the last bytes belong to a sequence or a character that is not complete yet."""
        return len(self._held) + self._dropped or len(self._decoder.getstate()[0])

    def feed(self, data: bytes) -> str:
        """Removing may join what was apart: the last look is at the text."""
        return DROPPED.sub("", "".join(self._drawn(self._held + data)))

    def _drawn(self, data: bytes) -> Iterator[str]:
        """A sequence ends the character before it, whether that was complete or not."""
        at = 0
        for sequence in SEQUENCE.finditer(data):
            yield self._decoder.decode(data[at : sequence.start()], final=True)
            at = sequence.end()
            if at == len(data) and sequence.lastgroup in OPEN:
                self._hold(sequence.group())
                return
            yield _kept(sequence).decode("ascii")
        self._held, self._dropped = b"", 0
        yield self._decoder.decode(data[at:])

    def _hold(self, begun: bytes) -> None:
        """What opens a string is enough to know it by; a sequence of numbers that long is none."""
        self._held = begun
        if len(begun) > LONGEST:
            self._held = b"" if begun.startswith(CSI_OPENS) else begun[:2]
            self._dropped += len(begun) - len(self._held)


def _kept(sequence: re.Match[bytes]) -> bytes:
    numbers, letter = sequence["numbers"], sequence["letter"]
    if letter is not None:
        return _csi(numbers, sequence["between"], letter)
    return sequence.group() if SHORT.fullmatch(sequence.group()) else b""


def _csi(numbers: bytes, between: bytes, letter: bytes) -> bytes:
    if letter in b"hl" and not between:
        return _modes(numbers, letter)
    cursor_style = (between, letter) == (b" ", b"q")
    draws = (letter in DRAWS and not between) or (letter == b"b" and REPEATS.fullmatch(numbers))
    known = PLAIN_NUMBERS.fullmatch(numbers) and (draws or cursor_style)
    return b"\x1b[" + numbers + between + letter if known else b""


def _modes(numbers: bytes, letter: bytes) -> bytes:
    """Of several in one sequence, those that only draw."""
    private = numbers.startswith(b"?")
    known = PRIVATE_MODES if private else MODES
    modes = [mode for mode in numbers.removeprefix(b"?").split(b";") if mode in known]
    return b"\x1b[" + b"?" * private + b";".join(modes) + letter if modes else b""
