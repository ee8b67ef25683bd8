"""An ASGI application for the web process's own tests: echoes, measures itself, never answers a handshake, floods."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psutil

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

FLOODS: list[str] = []  # how each ended


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and scope["path"] == "/long":
        await long_answer(send)
    elif scope["type"] == "http" and scope["path"] == "/floods":
        await answer(send, repr(FLOODS))
    elif scope["type"] == "http":
        await answer(send, str(psutil.Process().memory_info().rss))
    elif scope["path"] == "/flood":
        await flood(receive, send)
    elif scope["path"] == "/silent":
        await asyncio.Event().wait()
    else:
        await echo(receive, send)


async def answer(send: Send, text: str) -> None:
    """Without a path, its own memory in bytes."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text.encode()})


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


async def flood(receive: Receive, send: Send) -> None:
    """It writes on, as one does who has not heard yet that the browser left."""
    await receive()
    await send({"type": "websocket.accept"})
    left = asyncio.create_task(receive())
    try:
        while not left.done():
            await send({"type": "websocket.send", "bytes": bytes(100)})
            await asyncio.sleep(0.0005)
    except Exception as error:
        FLOODS.append(type(error).__name__)
        raise
    FLOODS.append(left.result()["type"])
