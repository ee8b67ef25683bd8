"""An S3-compatible store on loopback, kept by moto's server; and stores that misbehave in ways that a real one may."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import boto3
from moto.server import ThreadedMotoServer

from portal.fleet.stores.s3 import S3Store

KEY, SECRET = "AKIDEXAMPLE", "the/secret/of/this/store"
Answer = Callable[["Handler"], None]


class Buckets:
    """`new` makes a bucket and says its name."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )

    def new(self) -> str:
        name = f"logs-{uuid4().hex[:12]}"
        self.client.create_bucket(Bucket=name)
        return name


@contextmanager
def serving_buckets() -> Iterator[Buckets]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield Buckets(f"http://{host}:{port}")
    finally:
        server.stop()


def store(endpoint: str, bucket: str = "logs") -> S3Store:
    return S3Store(endpoint=endpoint, region="", bucket=bucket, access_key=KEY, secret=SECRET)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer: Answer
    heads: list[dict[str, str]]

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._any
        raise AttributeError(name)

    def _any(self) -> None:
        self.heads.append(dict(self.headers))
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.answer()

    def log_message(self, *_args: object) -> None:
        return


def error(status: int, code: str, message: str = "") -> Answer:
    def answer(handler: Handler) -> None:
        body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/xml")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(body)

    return answer


@contextmanager
def answering(answer: Answer) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Its endpoint, and the heads of the requests that came."""
    heads: list[dict[str, str]] = []
    handler = type("Answering", (Handler,), {"answer": answer, "heads": heads})
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", heads
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
