"""Lines behind telnet. In: a URL, then the peer's stream. Out: what the guest printed; options are answered, keys escaped, BREAK is IAC BRK.

Both sides ask for eight clean bits; until that is agreed, CR travels as CR NUL.
"""

import asyncio
import socket
from dataclasses import replace

from consoles.drivers.base import TIMEOUT, Abilities, Endpoint, Host, Trouble
from consoles.drivers.iac import (
    BINARY,
    BRK,
    DO,
    DONT,
    ECHO,
    IAC,
    NAWS,
    SGA,
    VERBS,
    WILL,
    WONT,
    Parser,
    Said,
    command,
    escaped,
    subnegotiation,
)
from consoles.drivers.stream import Stream, connected
from consoles.drivers.urls import split
from consoles.wire import SIZE

BREAK = bytes((IAC, BRK))
PATIENCE = 3.0
LOOK = 0.005


class Options:
    """The options of one side. Only what changes something is answered, a refusal is said once: no loop can start."""

    def __init__(self, wanted: set[int], asked: set[int], yes: int, no: int) -> None:
        self._wanted, self._asked, self._yes, self._no = wanted, set(asked), yes, no
        self._refused: set[int] = set()
        self.on: set[int] = set()

    def offered(self, option: int) -> bytes:
        if option in self.on or option in self._refused:
            return b""
        if option not in self._wanted:
            self._refused.add(option)
            return command(self._no, option)
        self.on.add(option)
        if option in self._asked:
            self._asked.discard(option)
            return b""
        return command(self._yes, option)

    def declined(self, option: int) -> bytes:
        self._asked.discard(option)
        if option not in self.on:
            return b""
        self.on.discard(option)
        return command(self._no, option)


class Codec:
    """`said` holds what telnet itself has to answer."""

    def __init__(self) -> None:
        self.ours = Options({BINARY, SGA, NAWS}, {BINARY, SGA, NAWS}, WILL, WONT)
        self.theirs = Options({BINARY, SGA, ECHO}, {BINARY, SGA}, DO, DONT)
        self.said = b""
        self._parser = Parser()
        self._after_return = False

    def offers(self) -> bytes:
        asked = ((WILL, BINARY), (DO, BINARY), (WILL, SGA), (DO, SGA), (WILL, NAWS))
        return b"".join(command(verb, option) for verb, option in asked)

    def decoded(self, data: bytes) -> bytes:
        printed = []
        for piece in self._parser.feed(data):
            if isinstance(piece, Said):
                self._heard(piece)
            else:
                printed.append(self._printed(piece))
        return b"".join(printed)

    def encoded(self, data: bytes) -> bytes:
        data = escaped(data)
        return data if BINARY in self.ours.on else data.replace(b"\r", b"\r\0")

    def _printed(self, data: bytes) -> bytes:
        if BINARY in self.theirs.on:
            self._after_return = False
            return data
        if self._after_return and data.startswith(b"\0"):
            data = data[1:]
            self._after_return = False
        if data:
            self._after_return = data.endswith(b"\r")
        return data.replace(b"\r\0", b"\r")

    def _heard(self, said: Said) -> None:
        if said.verb not in VERBS:
            return
        side = self.theirs if said.verb in (WILL, WONT) else self.ours
        answer = side.offered if said.verb in (WILL, DO) else side.declined
        self.said += answer(said.what[0])


class Telnet(Stream):
    can = Abilities(breaks=True)
    piece = 4 * 1024

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self._codec = Codec()
        sock.send(self._codec.offers())  # a new connection takes these few bytes at once

    def decoded(self, data: bytes) -> bytes:
        printed = self._codec.decoded(data)
        size = NAWS in self._codec.ours.on
        if size != self.can.size:
            self.can = replace(self.can, size=size)
        if self._codec.said:
            said, self._codec.said = self._codec.said, b""
            self.reply(said)
        return printed

    def encoded(self, data: bytes) -> bytes:
        return self._codec.encoded(data)

    async def send_break(self, seconds: float) -> None:
        """Telnet knows no length of a break: the peer makes it. It is sent once the socket has it, and a peer that takes nothing has none."""
        rest = BREAK
        try:
            async with asyncio.timeout(PATIENCE):
                while rest := rest[self._taken(rest) :]:
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            begun = rest != BREAK
            if begun:  # half a command would swallow the next key
                self.reply(rest)
            raise Trouble(TIMEOUT, f"no answer within {PATIENCE:g} seconds", begun=begun) from None

    def _taken(self, data: bytes) -> int:
        try:
            return self._sock.send(data)
        except BlockingIOError:
            return 0

    def resize(self, rows: int, columns: int) -> None:
        if self.can.size:
            self.reply(subnegotiation(NAWS, SIZE.pack(columns, rows)))


async def open_telnet(url: str, host: Host) -> Endpoint:
    parts, _ = split(url)
    sock = await connected(parts.hostname or "", parts.port or 0)
    # a server's "data mark" comes urgent; out of line it would leave a lone IAC behind
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
    return Telnet(sock)
