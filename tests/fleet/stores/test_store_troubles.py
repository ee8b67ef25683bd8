import errno
import os
import socket
import time
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

import pytest
from pytest_django import Settings

from portal.fleet import reaching
from portal.fleet.stores import folder, sending
from portal.fleet.stores.base import Missing, Store, StoreTrouble
from portal.fleet.stores.folder import FolderStore
from portal.fleet.stores.s3 import S3Store
from portal.fleet.stores.words import in_words
from tests.fleet.forwarding.receiver import receiving
from tests.fleet.stores.buckets import KEY, SECRET, Answer, Buckets, Handler, answering, error, store

NAME = "line-1/a.piece"
Act = Callable[[Store], object]
ACTS: dict[str, Act] = {
    "put": lambda one: one.put(NAME, b"x"),
    "get": lambda one: one.get(NAME),
    "get of known size": lambda one: one.get(NAME, 1),
    "names": lambda one: list(one.names("")),
}


@pytest.fixture(params=list(ACTS))
def act(request: pytest.FixtureRequest) -> Act:
    return ACTS[request.param]


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.2)
    monkeypatch.setattr(reaching, "WHOLE_SECONDS", 0.4)


def trouble(act: Act, one: Store) -> StoreTrouble:
    with pytest.raises(StoreTrouble) as raised:
        act(one)
    return raised.value


def test_a_bucket_that_is_not_there_is_an_account_that_cannot_be_found(buckets: Buckets, act: Act) -> None:
    assert trouble(act, store(buckets.endpoint, "no-such-bucket")).code == StoreTrouble.NOT_FOUND


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (error(403, "AccessDenied"), StoreTrouble.FORBIDDEN),
        (error(403, "InvalidAccessKeyId"), StoreTrouble.DENIED),
        (error(403, "SignatureDoesNotMatch"), StoreTrouble.DENIED),
        (error(507, "XMinioStorageFull"), StoreTrouble.FULL),
        (error(403, "QuotaExceeded"), StoreTrouble.FULL),
        (error(503, "SlowDown"), StoreTrouble.UNREACHABLE),
        (error(301, "PermanentRedirect"), StoreTrouble.UNREACHABLE),
    ],
)
def test_each_refusal_has_its_own_code(answer: Answer, code: str) -> None:
    with answering(answer) as (endpoint, _heads):
        assert trouble(ACTS["put"], store(endpoint)).code == code


def test_what_a_store_says_is_kept_only_if_it_is_a_code() -> None:
    with answering(error(400, f"<b>{SECRET}</b>", SECRET)) as (endpoint, _heads):
        told = trouble(ACTS["put"], store(endpoint))
    assert (told.code, told.detail) == (StoreTrouble.UNREACHABLE, "400")


def test_a_secret_is_in_no_error(buckets: Buckets, act: Act) -> None:
    with answering(error(403, "SignatureDoesNotMatch", f"{KEY} {SECRET}")) as (endpoint, _heads):
        told = trouble(act, store(endpoint))
    shown = f"{told!r} {told} {told.__cause__!r}"
    assert SECRET not in shown
    assert KEY not in shown


def test_where_nothing_listens_is_told_apart_from_silence(act: Act) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert trouble(act, store(f"http://127.0.0.1:{port}")).code == StoreTrouble.NOT_LISTENING


def test_a_name_that_nobody_knows_is_told(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_asked: object, **_how: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(reaching.socket, "getaddrinfo", nobody)
    assert trouble(act, store("https://nowhere.example")).code == StoreTrouble.NO_NAME


def test_a_certificate_that_is_not_trusted_is_told(act: Act, tmp_path: Path) -> None:
    with receiving(tmp_path) as receiver:
        assert trouble(act, store(f"https://{receiver.address}")).code == StoreTrouble.NO_TLS


def test_a_store_without_tls_at_a_port_for_it_is_told(buckets: Buckets, act: Act) -> None:
    tls = buckets.endpoint.replace("http://", "https://")
    assert trouble(act, store(tls)).code == StoreTrouble.NO_TLS


def test_each_failure_has_a_sentence_of_its_own() -> None:
    codes = [code for name, code in vars(StoreTrouble).items() if name.isupper()]
    assert len({in_words(code) for code in codes}) == len(codes)
    assert not set(codes) & {in_words(code) for code in codes}


def test_one_that_hangs_is_given_up_in_time(act: Act, brief: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        one = store(f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        assert trouble(act, one).code == StoreTrouble.UNREACHABLE
    assert time.monotonic() - began < 30


def dripping(head: bytes) -> Answer:
    def answer(handler: Handler) -> None:
        handler.wfile.write(head)
        for _ in range(2000):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)

    return answer


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nX-Never: ", b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"]
)
def test_one_that_answers_letter_by_letter_is_given_up_in_time(
    head: bytes, brief: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SLOWEST", 1 << 40)
    with answering(dripping(head)) as (endpoint, _heads):
        began = time.monotonic()
        assert trouble(ACTS["get"], store(endpoint)).code == StoreTrouble.UNREACHABLE
        assert time.monotonic() - began < 30  # it goes on for a hundred seconds


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_TOLD", 1024)
    sent = 0

    def answer(handler: Handler) -> None:
        nonlocal sent
        handler.send_response(206)
        handler.send_header("Connection", "close")
        handler.end_headers()
        while sent < 1 << 30:
            sent += handler.wfile.write(bytes(65536))

    with answering(answer) as (endpoint, _heads):
        assert trouble(ACTS["get of known size"], store(endpoint)).detail == "TooLong"
    assert sent < 1 << 26


def test_an_object_that_comes_short_is_no_object() -> None:
    def answer(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"only this")
        handler.close_connection = True

    with answering(answer) as (endpoint, _heads):
        assert trouble(ACTS["get"], store(endpoint)).code == StoreTrouble.UNREACHABLE


def test_a_store_in_a_private_network_is_reached_where_the_operator_says_so(
    buckets: Buckets, settings: Settings, act: Act
) -> None:
    bucket = buckets.new()
    store(buckets.endpoint, bucket).put(NAME, b"x")
    settings.PRODUCTION = True
    one = S3Store(endpoint=buckets.endpoint, region="", bucket=bucket, access_key=KEY, secret=SECRET)
    assert trouble(act, one).code == StoreTrouble.ELSEWHERE
    settings.STORE_NETWORKS = [ip_network("127.0.0.0/8")]
    act(one)


def test_the_hosts_own_aws_credentials_go_to_no_store(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"):
        monkeypatch.setenv(name, "of-the-host")
    with answering(error(403, "AccessDenied")) as (endpoint, heads):
        trouble(ACTS["put"], store(endpoint))
    assert KEY in heads[0]["Authorization"]
    assert "of-the-host" not in str(heads)
    assert SECRET not in str(heads)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told_as_full_and_leaves_nothing(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = FolderStore(tmp_path)

    def full(_fd: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(folder.os, "fsync", full)
    assert trouble(ACTS["put"], one).code == StoreTrouble.FULL
    with pytest.raises(Missing):
        one.get(NAME)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [folder.MARK]
