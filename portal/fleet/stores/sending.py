"""How requests to an S3-compatible store leave. In: requests that botocore has signed. Out: answers, whole and bounded, from addresses that stores may have."""

import io
import os
import re
import time
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies
from django.conf import settings
from rq.timeouts import JobTimeoutException
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from portal.fleet import reaching
from portal.fleet.stores.base import StoreTrouble

SECONDS = 5.0
MIB = 1024 * 1024
SLOWEST = MIB // 4  # bytes a second: what is slower holds up everybody who waits for this store
MOST_TOLD, MOST_KEPT = 4 * MIB, 128 * MIB
SPARE = 64 * 1024  # of a refusal; and by it a part may be too long, so that it is seen why
STEP = 256 * 1024
FAILED = 300
CODE = re.compile(rb"<Code>([A-Za-z0-9._-]{1,60})</Code>")
RANGE = re.compile(rb"bytes=(\d+)-(\d+)")


def may_reach(address: str) -> bool:
    return reaching.reachable(address, settings.STORE_NETWORKS)


class Sender(URLLib3Session):
    """Where the operator has set a proxy for the way out, the proxy decides where it leads."""

    def __init__(self, endpoint: str) -> None:
        trusted = os.environ.get("REQUESTS_CA_BUNDLE") or True
        super().__init__(verify=trusted, proxies=get_environ_proxies(endpoint), timeout=(SECONDS, SECONDS))
        self._manager.pool_classes_by_scheme = reaching.pools(may_reach)

    def answer(self, request: AWSPreparedRequest, **_event: Any) -> AWSResponse:
        """For botocore's `before-send`: what it returns is taken for the answer."""
        request.headers.pop("Expect", None)
        most = _most(request)
        request.stream_output = True
        try:
            found = self.send(request)
        except HTTPClientError as error:
            cause = error.kwargs.get("error")
            if isinstance(cause, reaching.Elsewhere):
                raise StoreTrouble(StoreTrouble.ELSEWHERE) from None
            if isinstance(cause, JobTimeoutException):  # a worker's alarm is no answer
                raise cause from None
            raise
        if found.status_code < FAILED:
            found._content = _read(found.raw, most)
        else:
            found._content = _only_the_code(_read(found.raw, SPARE))
        found.raw = io.BytesIO(found._content)
        return found


def straight(context: dict[str, Any], **_event: Any) -> None:
    """For botocore's `before-call`: it would look for a bucket in other regions, and not stop where a store sends it in circles."""
    context["s3_redirect"]["redirected"] = True


def _only_the_code(told: bytes) -> bytes:
    """What else a store says of a failure is read by nobody here, so that it cannot harm anybody either."""
    found = CODE.search(told)
    return b"<Error><Code>%s</Code></Error>" % found[1] if found else b""


def _most(request: AWSPreparedRequest) -> int:
    asked = RANGE.fullmatch(request.headers.get("Range", b""))
    if asked:
        return int(asked[2]) - int(asked[1]) + 1 + SPARE
    return MOST_KEPT if request.stream_output else MOST_TOLD


def _read(raw: BaseHTTPResponse, most: int) -> bytes:
    body, until = bytearray(), time.monotonic() + SECONDS + most / SLOWEST
    try:
        while piece := raw.read1(STEP):
            body += piece
            if len(body) > most:
                raise StoreTrouble(StoreTrouble.UNREACHABLE, "TooLong")
            if time.monotonic() > until:
                raise StoreTrouble(StoreTrouble.UNREACHABLE, "TooSlow")
    except HTTPError as error:
        raise StoreTrouble(StoreTrouble.UNREACHABLE, type(error).__name__) from error
    except StoreTrouble:
        raw.close()
        raise
    raw.release_conn()
    return bytes(body)
