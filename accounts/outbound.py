"""Fetches from an address that a tenant chose. In: a URL. Out: the whole answer, bounded in time and size and not redirected.

Raises what requests raises, whichever layer below it gave up.
"""

import io
import time
from typing import Any

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

PAUSE_SECONDS, WHOLE_SECONDS, MOST_BYTES = 5.0, 10.0, 512 * 1024


class TooMuch(requests.RequestException):
    """The answer is longer than anything that belongs here."""


def fetch(
    url: str,
    *,
    method: str = "GET",
    whole_seconds: float = WHOLE_SECONDS,
    session: requests.Session | None = None,
    **kwargs: Any,
) -> requests.Response:
    until = time.monotonic() + whole_seconds
    kwargs |= {"timeout": min(PAUSE_SECONDS, whole_seconds), "allow_redirects": False, "stream": True}
    with (session or requests).request(method, url, **kwargs) as answer:
        try:
            body = _read(answer, until)
        except (TimeoutError, ReadTimeoutError) as error:
            raise requests.ReadTimeout(f"{url} answers too slowly") from error
        except HTTPError as error:
            raise requests.ConnectionError(str(error)) from error
    answer.raw = io.BytesIO(body)
    return answer


def _read(answer: requests.Response, until: float) -> bytes:
    body = bytearray()
    while piece := answer.raw.read1(65536, decode_content=True):
        body += piece
        _check(until)
        if len(body) > MOST_BYTES:
            raise TooMuch
    _check(until)  # an answer without a body may have taken as long over its head
    return bytes(body)


def _check(until: float) -> None:
    if time.monotonic() > until:
        raise TimeoutError
