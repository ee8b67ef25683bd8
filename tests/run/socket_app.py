"""An ASGI application for the web process's own tests: echoes, measures itself, never answers a handshake, floods."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psutil

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and scope["path"] == "/long":
        await long_answer(send)
    elif scope["type"] == "http":
        await answer(send)
    elif scope["path"] == "/silent":
        await asyncio.Event().wait()
    else:
        await echo(receive, send)


async def answer(send: Send) -> None:
    """Its own memory, in bytes."""
    used = str(psutil.Process().memory_info().rss).encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": used})


async def long_answer(send: Send) -> None:
    """256 MiB, as fast as they are taken."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(4096):
        await send({"type": "http.response.body", "body": bytes(64 * 1024), "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def echo(receive: Receive, send: Send) -> None:
    while (message := await receive())["type"] != "websocket.disconnect":
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        else:
            await send({"type": "websocket.send", "bytes": message["bytes"]})
