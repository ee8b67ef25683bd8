"""The hub alone, without Django. In: a line of JSON, {"folder", "lines": [[id, url], …], "limit"}. Out: its report whenever a line comes in."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import uvloop

from consoles.hub.hub import Hub
from consoles.hub.spec import HubSettings, LineSpec, Listening

ANSWERS = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)  # what the hub says by itself goes to the log


async def serve(wish: dict[str, Any]) -> None:
    folder = Path(wish["folder"])
    hub = Hub(HubSettings("bench", folder / "spool", Listening(folder / "hub.sock"), opening_at_once=200))
    await hub.start()
    await hub.want([LineSpec(id, url, id, wish["limit"]) for id, url in wish["lines"]])
    print(json.dumps({"address": str(folder / "hub.sock")}), file=ANSWERS)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(hub.report()), file=ANSWERS)
    await hub.drain()


if __name__ == "__main__":
    uvloop.run(serve(json.loads(sys.stdin.readline())))
