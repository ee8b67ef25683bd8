"""A tenant's store says whatever its owner likes: it is never believed further than it was asked, nor waited for longer than an object of its size takes."""

import signal
import threading
import time
from collections.abc import Iterator
from itertools import count

import pytest
from rq.timeouts import JobTimeoutException

from portal.fleet.stores import s3, sending
from portal.fleet.stores.base import StoreTrouble
from tests.fleet.stores.buckets import Answer, Handler, answering, error, store
from tests.fleet.stores.test_store_troubles import ACTS, NAME, dripping, trouble

ENCODED = "<EncodingType>url</EncodingType>"
NO_KEY = "<Contents><Size>1</Size></Contents>"


def page(body: str) -> Answer:
    def answer(handler: Handler) -> None:
        whole = f"<ListBucketResult>{body}</ListBucketResult>".encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(whole)))
        handler.end_headers()
        handler.wfile.write(whole)

    return answer


def endless(entries: str) -> Answer:
    turns = count()

    def answer(handler: Handler) -> None:
        more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{next(turns)}</NextContinuationToken>"
        page(more + entries)(handler)

    return answer


@pytest.fixture
def alarm() -> Iterator[Answer]:
    """A worker's, which comes when its job has taken too long: here, while an answer is waited for."""

    def late(*_args: object) -> None:
        raise JobTimeoutException

    def answer(handler: Handler) -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)
        handler.close_connection = True

    before = signal.signal(signal.SIGALRM, late)
    yield answer
    signal.signal(signal.SIGALRM, before)


def test_entries_that_were_not_asked_for_are_passed_by() -> None:
    keys = "".join(f"<Contents><Key>{key}</Key></Contents>" for key in ("logs/a", "audit/b", "logs/c"))
    with answering(page(keys + NO_KEY)) as (endpoint, _heads):
        assert list(store(endpoint).names("logs/")) == ["logs/a", "logs/c"]


@pytest.mark.parametrize(
    "body",
    [ENCODED + NO_KEY, "<Contents><Key>a</Key><LastModified>inf</LastModified></Contents>"],
    ids=["no key", "no time"],
)
def test_a_listing_that_makes_no_sense_is_the_stores_trouble(body: str) -> None:
    with answering(page(body)) as (endpoint, _heads):
        assert trouble(ACTS["names"], store(endpoint)).code == StoreTrouble.UNREACHABLE


def test_a_listing_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "MOST_NAMES", 5)
    with answering(endless("<Contents><Key>a</Key></Contents>" * 2)) as (endpoint, heads):
        assert trouble(ACTS["names"], store(endpoint)).detail == "TooMany"
    assert len(heads) == 3


def test_a_listing_without_end_or_names_is_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "LISTING", 0.2)
    with answering(endless("")) as (endpoint, _heads):
        assert trouble(ACTS["names"], store(endpoint)).detail == "TooMany"


@pytest.mark.parametrize("act", ["put", "names"])
@pytest.mark.parametrize("code", ["NoSuchKey", "InvalidRange"])
def test_what_only_a_reader_can_be_told_is_a_trouble_to_everybody_else(act: str, code: str) -> None:
    with answering(error(416, code)) as (endpoint, _heads):
        assert trouble(ACTS[act], store(endpoint)).detail == code


def test_a_whole_object_lies_behind_no_end() -> None:
    with answering(error(416, "InvalidRange")) as (endpoint, _heads):
        assert trouble(ACTS["get"], store(endpoint)).detail == "InvalidRange"


def test_an_object_of_known_size_is_waited_for_as_long_as_that_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.2)
    head = b"HTTP/1.1 206 Partial Content\r\nContent-Length: 900\r\n\r\n"
    with answering(dripping(head)) as (endpoint, _heads):
        began = time.monotonic()
        assert trouble(lambda one: one.get(NAME, 1000), store(endpoint)).detail == "TooSlow"
        assert time.monotonic() - began < 30


@pytest.mark.parametrize("act", ["put", "get", "names"])
def test_the_alarm_of_a_worker_ends_its_job(act: str, alarm: Answer) -> None:
    with answering(alarm) as (endpoint, _heads), pytest.raises(JobTimeoutException):
        ACTS[act](store(endpoint))
