"""A name with several addresses: each is tried, within the time of one."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.fleet.forwarding import syslog
from portal.fleet.reaching import SHARE, first_to_answer
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.targets import webhooks
from portal.fleet.targets.failures import NotDelivered
from tests.fleet.forwarding.receiver import receiving
from tests.fleet.listener import Listener
from tests.fleet.stores.buckets import Buckets, Handler, answering, store

Leads = Callable[..., None]


@pytest.fixture
def localhost_leads(monkeypatch: pytest.MonkeyPatch) -> Leads:
    real = socket.getaddrinfo

    def leads(*addresses: str) -> None:
        def found(host: str, port: int, *args: int, **kwargs: int) -> list[object]:
            names = addresses if host == "localhost" else [host]
            return [one for name in names for one in real(name, port, *args, **kwargs)]

        monkeypatch.setattr(socket, "getaddrinfo", found)

    return leads


def test_a_webhook_is_reached_where_another_address_is_dead(
    listener: Listener, localhost_leads: Leads
) -> None:
    url = listener.url.replace("127.0.0.1", "localhost")
    localhost_leads("127.0.0.2", "127.0.0.1")
    webhooks.post(url, "secret", {})
    assert len(listener.got) == 1
    localhost_leads("127.0.0.2", "127.0.0.3")
    with pytest.raises(NotDelivered, match="unreachable"):
        webhooks.post(url, "secret", {})


def test_a_store_is_reached_where_another_address_is_dead(buckets: Buckets, localhost_leads: Leads) -> None:
    one = store(buckets.endpoint.replace("127.0.0.1", "localhost"), buckets.new())
    localhost_leads("127.0.0.2", "127.0.0.1")
    one.put("a", b"x")
    localhost_leads("127.0.0.2", "127.0.0.3")
    with pytest.raises(StoreTrouble) as raised:
        store(buckets.endpoint.replace("127.0.0.1", "localhost")).put("a", b"x")
    assert raised.value.code == StoreTrouble.NOT_LISTENING


def test_a_receiver_is_reached_where_another_address_is_dead(tmp_path: Path, localhost_leads: Leads) -> None:
    with receiving(tmp_path) as receiver:
        address = receiver.address.replace("127.0.0.1", "localhost")
        localhost_leads("127.0.0.2", "127.0.0.1")
        syslog.send(address, receiver.authority, [b"hello"])
        assert receiver.messages == [b"hello"]
        localhost_leads("127.0.0.2", "127.0.0.3")
        with pytest.raises(NotDelivered, match="unreachable"):
            syslog.send(address, receiver.authority, [b"hello"])


@pytest.mark.parametrize(("addresses", "share"), [("ab", 5.0), ("abcdefghijklmnopqrst", SHARE)])
def test_one_that_says_nothing_leaves_time_for_the_others(addresses: str, share: float) -> None:
    had: dict[str, float] = {}

    def silent(address: str, seconds: float) -> socket.socket:
        had[address] = seconds
        raise TimeoutError(address)

    with pytest.raises(TimeoutError, match=addresses[-1]):
        first_to_answer(addresses, 10.0, silent)
    assert had["a"] == share
    assert list(had) == list(addresses)
    assert max(had.values()) <= 10.0


def test_nobody_is_tried_once_the_time_is_over() -> None:
    had: list[str] = []

    def silent(address: str, seconds: float) -> socket.socket:
        had.append(address)
        raise TimeoutError(address)

    with pytest.raises(TimeoutError, match="a"):
        first_to_answer("ab", 0.0, silent)
    assert had == ["a"]


def test_a_store_that_hangs_up_after_each_answer_is_reached_again() -> None:
    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.send_header("Connection", "close")
        handler.end_headers()

    with answering(answer) as (endpoint, heads):
        one = store(endpoint)
        for name in ("a", "b"):
            one.put(name, b"x")
    assert len(heads) == 2
