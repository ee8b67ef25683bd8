"""Lines behind a terminal server that speaks RFC 2217. In: rfc2217://host:port. Out: a socket pair's descriptor, fed by pySerial's thread.

pySerial negotiates and sets the port; its reader is replaced, since it keeps every byte in a queue without a bound.
"""

import socket
import time
from collections.abc import Callable
from typing import Any

from serial import SerialException, rfc2217

from consoles.drivers.apart import apart
from consoles.drivers.base import Abilities, Endpoint, Host
from consoles.drivers.iac import SB, VERBS, Parser, Said
from consoles.drivers.serial_port import HANG_UP, settings
from consoles.drivers.stream import keep_alive
from consoles.drivers.threads import PIECE, Threaded, hang_up
from consoles.drivers.troubles import from_error
from consoles.drivers.urls import parameters, split

WAIT = 3.0  # for the server to confirm one setting


class Port(rfc2217.Serial):
    """Gives what the line prints to `out`, a blocking socket: where nobody reads, the terminal server waits."""

    def __init__(self, out: socket.socket, **chosen: Any) -> None:
        self._out = out
        super().__init__(**chosen)

    def reset_input_buffer(self) -> None:
        """Nothing a line printed is thrown away, also not while opening."""

    def reset_output_buffer(self) -> None:
        pass

    def run_without_limits(self) -> None:
        """A port that flow control holds back is slow, not broken."""
        connection: Any = self._socket
        keep_alive(connection)
        connection.settimeout(None)

    def close(self) -> None:
        connection = self._socket
        super().close()
        if connection:  # pySerial leaves it open where the peer was faster
            connection.close()

    def cut(self) -> None:
        """Whatever waits for the peer stops waiting."""
        if self._socket:
            hang_up(self._socket)

    def _telnet_read_loop(self) -> None:
        parser = Parser()
        connection: Any = self._socket
        try:
            while data := _received(connection):
                for piece in parser.feed(data):
                    if isinstance(piece, Said):
                        self._heard(piece)
                    else:
                        self._out.sendall(piece)
        except OSError:
            pass
        finally:
            hang_up(self._out)

    def _heard(self, said: Said) -> None:
        if said.verb in VERBS:
            self._telnet_negotiate_option(bytes((said.verb,)), said.what)
        elif said.verb == SB:
            self._telnet_process_subnegotiation(said.what)


class RemotePort(Threaded):
    def __init__(self, port: Port, near: socket.socket, far: socket.socket) -> None:
        super().__init__(port, near, far)
        self.can = Abilities(breaks=True, modem=True, rate=port.baudrate // 10)

    def _wake(self) -> None:
        self._port.cut()

    async def send_break(self, seconds: float) -> None:
        await self._for_a_while("break_condition", True, seconds)

    async def hang_up(self) -> None:
        await self._for_a_while("dtr", False, HANG_UP)

    async def _for_a_while(self, signal: str, value: bool, seconds: float) -> None:
        """In a thread, because each change waits for the server to confirm it."""

        def act() -> None:
            setattr(self._port, signal, value)
            try:
                time.sleep(seconds)
            finally:
                setattr(self._port, signal, not value)

        await apart(_as_os_errors(act))


async def open_rfc2217(url: str, host: Host) -> Endpoint:
    parts, _ = split(url)
    near, far = socket.socketpair()
    port = Port(far, **settings(parts))
    ignoring = "&ign_set_control" if "ign_set_control" in dict(parameters(parts)) else ""
    port.port = f"rfc2217://{parts.netloc}?timeout={WAIT:g}{ignoring}"
    try:
        await apart(_as_os_errors(port.open), undo=lambda _: port.close())
        port.run_without_limits()
        return RemotePort(port, near, far)
    except BaseException as error:
        port.cut()
        near.close()
        far.close()
        if isinstance(error, OSError):
            raise from_error(error) from error
        raise


def _as_os_errors(act: Callable[[], None]) -> Callable[[], None]:
    """pySerial says by ValueError that the server rejected a value."""

    def run() -> None:
        try:
            act()
        except ValueError as error:
            raise SerialException(str(error)) from error

    return run


def _received(connection: socket.socket) -> bytes:
    """pySerial gives its socket a time limit, which silence is allowed to pass."""
    while True:
        try:
            return connection.recv(PIECE)
        except TimeoutError:
            continue
