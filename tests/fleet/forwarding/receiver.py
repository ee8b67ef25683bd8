"""A real syslog receiver over TLS: it takes frames apart by octet counting, keeps the messages, and has the manners it is told to have."""

import os
import re
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from portal.run import certificates

FIELD = re.compile(r' (\w+)="((?:[^"\\\]]|\\.)*)"')
MESSAGE = re.compile(
    rb"<(\d+)>1 (\S+) (\S+) homeport - (\w+) \[homeport@32473((?: \w+=\"(?:[^\"\\\]]|\\.)*\")*)\] \xef\xbb\xbf(.*)",
    re.DOTALL,
)


class Receiver:
    """`manners`: polite (says that it has read all), mute (just ends), plain (no TLS), stuck (reads no further
    than `most` messages), or late (reads the others once it may go on)."""

    def __init__(self, folder: Path, manners: str = "polite", most: int = 0) -> None:
        self.manners, self.most = manners, most
        self.messages: list[bytes] = []
        self.reached = threading.Event()
        self.go_on = threading.Event()
        self.ended = threading.Event()
        folder.mkdir(exist_ok=True)
        certificates.ensure(folder, [])
        self.authority = (folder / "ca.pem").read_text()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "server.pem", folder / "server.key")
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listening.getsockname()[1]}"

    @property
    def numbers(self) -> list[int]:
        """Of entries: tests have none."""
        found = [fields_of(one).get("seq") for one in self.messages]
        return [int(one) for one in found if one]

    def serve(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                connection, _peer = self.listening.accept()
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(20)
        with connection, suppress(OSError):
            if self.manners == "plain":
                connection.recv(1000)
                connection.sendall(b"what is this?\n")
                return
            with self.context.wrap_socket(connection, server_side=True) as tls:
                self._read(tls)
                if self.manners != "mute":
                    tls.unwrap().close()
        self.ended.set()

    def _read(self, tls: ssl.SSLSocket) -> None:
        stream = b""
        while piece := tls.recv(4096):
            stream += piece
            while (frame := re.match(rb"(\d+) ", stream)) and len(stream) >= frame.end() + int(frame[1]):
                self.messages.append(stream[frame.end() : frame.end() + int(frame[1])])
                stream = stream[frame.end() + int(frame[1]) :]
                self.keep(self.messages[-1])
                if len(self.messages) == self.most:
                    self.full()
        assert not stream or self.manners == "late", "half a frame"

    def keep(self, message: bytes) -> None:
        return

    def full(self) -> None:
        self.reached.set()
        manners = self.manners
        if manners in ("stuck", "late"):
            self.go_on.wait(20)
        if manners == "stuck":
            raise ConnectionAbortedError


def fields_of(message: bytes) -> dict[str, str]:
    found = MESSAGE.fullmatch(message)
    assert found, message
    return {name: re.sub(r"\\(.)", r"\1", value) for name, value in FIELD.findall(found[5].decode())}


@contextmanager
def receiving(folder: Path, manners: str = "polite", most: int = 0) -> Iterator[Receiver]:
    receiver = Receiver(folder, manners, most)
    threading.Thread(target=receiver.serve, daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.go_on.set()
        receiver.listening.close()


class Mortal(Receiver):
    """Of a process of its own, which writes down what it got and is killed after `most` messages."""

    def __init__(self, folder: Path, most: int) -> None:
        super().__init__(folder, "polite", most)
        self.file = (folder / "got").open("ab", buffering=0)

    def keep(self, message: bytes) -> None:
        self.file.write(message + b"\n")

    def full(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    mortal = Mortal(Path(sys.argv[1]), int(sys.argv[2]))
    print(f"listening {mortal.address}", flush=True)
    mortal.serve()
