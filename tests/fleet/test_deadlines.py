"""Whoever sends letter by letter is hung up on, wherever it began to; nothing that comes too late has arrived."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest
import requests

from accounts import outbound
from portal.fleet.forwarding import syslog
from portal.fleet.targets import webhooks
from portal.fleet.targets.failures import NotDelivered

HEAD = b"HTTP/1.1 200 OK\r\n"
GREETING = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03"  # of TLS: 16 KiB follow
Drips = Callable[[bytes, bytes], str]


@pytest.fixture
def drips() -> Iterator[Drips]:
    """The place of a server that sends the first part at once, and the other one letter by letter."""
    over = threading.Event()
    with ExitStack() as left:
        left.callback(over.set)

        def serve(server: socket.socket, at_once: bytes, slowly: bytes) -> None:
            with suppress(OSError):
                connection, _peer = server.accept()
                with connection:
                    connection.sendall(at_once)
                    for letter in slowly:
                        over.wait(0.05)
                        connection.sendall(bytes((letter,)))

        def begin(at_once: bytes, slowly: bytes) -> str:
            server = left.enter_context(socket.create_server(("127.0.0.1", 0)))
            threading.Thread(target=serve, args=(server, at_once, slowly), daemon=True).start()
            return f"127.0.0.1:{server.getsockname()[1]}"

        yield begin


@pytest.mark.parametrize(
    ("scheme", "at_once", "slowly"),
    [
        ("https", GREETING, b"x" * 4000),
        ("http", HEAD + b"X-Never: ", b"x" * 4000),
        ("http", b"", HEAD + b"Content-Length: 0\r\n\r\n"),
        ("http", HEAD + b"Content-Length: 4000\r\n\r\n", b"x" * 4000),
        ("http", HEAD + b"\r\n", b"x" * 4000),
    ],
    ids=["handshake", "endless head", "whole head", "body", "body of no length"],
)
def test_a_webhook_has_answered_in_time_or_not_at_all(
    scheme: str, at_once: bytes, slowly: bytes, drips: Drips, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "SECONDS", 0.4)
    began = time.monotonic()
    with pytest.raises(NotDelivered, match="silent"):
        webhooks.post(f"{scheme}://{drips(at_once, slowly)}/", "secret", {})
    assert time.monotonic() - began < 30


def test_a_receiver_that_greets_letter_by_letter_is_given_up(
    drips: Drips, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syslog, "WHOLE_SECONDS", 0.4)
    with pytest.raises(NotDelivered, match="silent"):
        syslog.send(drips(GREETING, b"x" * 4000), "", [b"hello"])


def test_an_answer_without_a_body_that_came_too_late_is_none(drips: Drips) -> None:
    late = drips(b"", HEAD + b"Content-Length: 0\r\n\r\n")
    with pytest.raises(requests.Timeout):
        outbound.fetch(f"http://{late}/", whole_seconds=0.4)
