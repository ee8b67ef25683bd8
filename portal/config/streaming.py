"""Long answers, a piece at a time. In: pieces, made by a thread. Out: a response that holds none of them longer than it takes to send it."""

from collections.abc import AsyncIterator, Iterator
from itertools import chain

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, StreamingHttpResponse


def streamed(request: HttpRequest, pieces: Iterator[bytes], headers: dict[str, str]) -> StreamingHttpResponse:
    """The first piece is made before it answers, so that what goes wrong at once is told as anywhere else.

    Django would first gather what a plain iterator gives when it is served asynchronously.
    """
    begun = chain([next(pieces, b"")], pieces)
    content = _one_by_one(begun) if isinstance(request, ASGIRequest) else begun
    return StreamingHttpResponse(content, headers=headers)


async def _one_by_one(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (piece := await sync_to_async(_next)(pieces)) is not None:
        yield piece


def _next(pieces: Iterator[bytes]) -> bytes | None:
    """A connection is kept between two pieces no longer than between two requests."""
    try:
        return next(pieces, None)
    finally:
        close_old_connections()
