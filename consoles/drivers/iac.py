"""The telnet stream taken apart (RFC 854). In: bytes, cut anywhere. Out: what was printed, and what telnet itself says between it."""

from dataclasses import dataclass

BINARY, ECHO, SGA, NAWS = 0, 1, 3, 31
SE, BRK, SB, WILL, WONT, DO, DONT, IAC = 240, 243, 250, 251, 252, 253, 254, 255
VERBS = frozenset((WILL, WONT, DO, DONT))
MOST = 1024  # bytes of one subnegotiation

ESCAPE = bytes((IAC,))


@dataclass(frozen=True)
class Said:
    """A command; `what` is the option for WILL to DONT, the content for SB."""

    verb: int
    what: bytes = b""


class Parser:
    """A subnegotiation without an end is given up after MOST bytes: the line must not fall silent for ever."""

    def __init__(self) -> None:
        self._verb = 0  # IAC, or the verb whose option is still to come
        self._content: bytearray | None = None

    def feed(self, data: bytes) -> list[bytes | Said]:
        if not self._verb and self._content is None and ESCAPE not in data:
            return [data] if data else []
        found: list[bytes | Said] = []
        at = 0
        while at < len(data):
            if self._verb:
                self._command(data[at], found)
                at += 1
                continue
            stop = data.find(ESCAPE, at)
            self._body(data[at:] if stop < 0 else data[at:stop], found)
            self._verb = IAC if stop >= 0 else 0
            at = len(data) if stop < 0 else stop + 1
        return found

    def _body(self, data: bytes, found: list[bytes | Said]) -> None:
        if self._content is not None:
            room = MOST - len(self._content)
            self._content += data[:room]
            data = data[room:]
            if data:
                self._content = None
        if data:
            found.append(data)

    def _command(self, byte: int, found: list[bytes | Said]) -> None:
        verb, self._verb = self._verb, 0
        if verb != IAC:
            found.append(Said(verb, bytes((byte,))))
        elif byte == IAC:
            self._body(ESCAPE, found)
        elif byte in VERBS:
            self._verb = byte
        elif byte == SB:
            self._content = bytearray()
        elif byte != SE:
            found.append(Said(byte))
        elif self._content is not None:
            found.append(Said(SB, bytes(self._content)))
            self._content = None


def escaped(data: bytes) -> bytes:
    return data.replace(ESCAPE, ESCAPE + ESCAPE)


def command(verb: int, option: int) -> bytes:
    return bytes((IAC, verb, option))


def subnegotiation(option: int, content: bytes) -> bytes:
    return bytes((IAC, SB, option)) + escaped(content) + bytes((IAC, SE))
