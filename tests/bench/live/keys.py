"""Three kinds of client that press one key and wait for its echo, so many times, at several servers in turn.

In: relays by name, and the stage with the product. Out: microseconds by name. In turn, a handful each: what the machine does meanwhile
meets all alike.
"""

import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.sync_api import Browser
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from consoles.wire import Op, message
from tests.bench.live.browser import window
from tests.bench.live.clients import Bare, microseconds
from tests.bench.live.stage import Stage

KEYS, HANDFUL, WARM_UP = 2000, 100, 200
OURS = {
    "Homeport under Daphne": ("echo-daphne", "daphne"),
    "Homeport under uvicorn": ("echo-uvicorn", "uvicorn"),
}

Took = dict[str, list[float]]


async def by_program(on: Stage, ports: dict[str, int]) -> Took:
    """The package `websockets`, as a program would use it."""
    links: dict[str, tuple[ClientConnection, Callable[[ClientConnection], Awaitable[None]]]] = {}
    for name, port in ports.items():
        links[name] = (await connect(f"ws://127.0.0.1:{port}/", compression=None), through_relay)
    for name in OURS:
        links[name] = (await attached(on, name), through_portal)
    took: Took = {name: [] for name in links}
    for _ in range((WARM_UP + KEYS) // HANDFUL):
        for name, (link, through) in links.items():
            for _ in range(HANDFUL):
                start = time.perf_counter()
                await through(link)
                took[name].append((time.perf_counter() - start) * 1e6)
    for link, _ in links.values():
        await link.close()
    return {name: times[WARM_UP:] for name, times in took.items()}


async def through_relay(link: ClientConnection) -> None:
    await link.send(b"x")
    await link.recv()


async def through_portal(link: ClientConnection) -> None:
    await link.send(message(Op.KEYS, b"x"))
    while (await link.recv())[0] != Op.OUTPUT:
        pass


async def attached(on: Stage, name: str) -> ClientConnection:
    where, port = place(on, name)
    cookie = {"Cookie": f"sessionid={on.session}"}
    origin = Origin(f"http://localhost:{port}")
    return await connect(where, host="127.0.0.1", compression=None, origin=origin, additional_headers=cookie)


def place(on: Stage, name: str) -> tuple[str, int]:
    vm, server = OURS[name]
    port = getattr(on, server)
    asked = f"mode=write&via=page&tail=0&page=bench-{vm}"
    return f"ws://localhost:{port}/live{on.vms[vm]['page']}?{asked}", port


def by_bare_calls(on: Stage, ports: dict[str, int]) -> Took:
    """Blocking calls that add next to nothing of their own, and so show the servers' difference largest."""
    ends: dict[str, Any] = {name: Bare(port) for name, port in ports.items()}
    for name, (vm, server) in OURS.items():
        ends[name] = on.page(vm, getattr(on, server))
    took: Took = {name: [] for name in ends}
    for _ in range((WARM_UP + KEYS) // HANDFUL):
        for name, end in ends.items():
            took[name] += microseconds(end, HANDFUL)
    for end in ends.values():
        end.close()
    return {name: times[WARM_UP:] for name, times in took.items()}


# A browser's clock is too coarse for one key, so a handful is timed.
PRESS = """async ({ places, rounds, handful }) => {
  const ends = {}, took = {};
  for (const [name, { url, ours }] of Object.entries(places)) {
    const socket = new WebSocket(url);
    const end = (ends[name] = { socket, key: new Uint8Array(ours ? [0x01, 120] : [120]), heard: null });
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => (!ours || new Uint8Array(data)[0] === 0x81) && end.heard?.();
    await new Promise((done, failed) => Object.assign(socket, { onopen: done, onerror: failed }));
    took[name] = [];
  }
  await new Promise((done) => setTimeout(done, 300));
  for (let round = 0; round < rounds; round++) {
    for (const [name, end] of Object.entries(ends)) {
      const start = performance.now();
      for (let key = 0; key < handful; key++) {
        const echo = new Promise((done) => (end.heard = done));
        end.socket.send(end.key);
        await echo;
      }
      took[name].push(((performance.now() - start) * 1000) / handful);
    }
  }
  for (const { socket } of Object.values(ends)) socket.close(1000);
  return took;
}"""


def by_browser(on: Stage, browser: Browser, relay: int) -> tuple[Took, dict[str, float]]:
    """A page's own WebSocket in Chromium: one page of each server, as Origin wants it, and the relay beside it.

    Also what each is to the relay in the same page.
    """
    took: Took = {}
    ratios: dict[str, float] = {}
    for name in OURS:
        where, port = place(on, name)
        places = {
            "relay": {"url": f"ws://127.0.0.1:{relay}/", "ours": False},
            name: {"url": where, "ours": True},
        }
        with window(on, browser, port, bypass_csp=True) as page:  # for the relay, which is elsewhere
            page.goto("/healthz")
            found = page.evaluate(
                PRESS, {"places": places, "rounds": (WARM_UP + KEYS) // HANDFUL, "handful": HANDFUL}
            )
        kept = {of: times[WARM_UP // HANDFUL :] for of, times in found.items()}
        took.setdefault("websockify", []).extend(kept["relay"])
        took[name] = kept[name]
        ratios[name] = statistics.median(kept[name]) / statistics.median(kept["relay"])
    return took, ratios
