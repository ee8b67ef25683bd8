"""The least an ASGI application can do: a browser's socket and a device's, joined. No sign-in, no gate, no hub, nothing recorded.

What it costs under a server is that server's own share of an echo. The device is named by DEVICE in the environment.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    reader, writer = await asyncio.open_unix_connection(os.environ["DEVICE"])
    back = asyncio.create_task(bring_back(reader, send))
    while (event := await receive())["type"] == "websocket.receive":
        writer.write(event["bytes"])
    back.cancel()
    writer.close()


async def bring_back(reader: asyncio.StreamReader, send: Send) -> None:
    while data := await reader.read(65536):
        await send({"type": "websocket.send", "bytes": data})
