"""Chromium as a person's browser, signed in; it notes when its page says over the socket that the terminal has drawn something."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.live.stage import Stage
from tests.browser.conftest import ARGUMENTS

# ATTACHED says how long the log is; an ACK says how much of it is drawn.
NOTES = """
  window.noted = { opened: 0, attached: 0, live: 0, arrived: 0, drawn: 0, lastDrawn: 0, offset: 0, pressed: 0, pressedAt: 0, skipped: 0 };
  const u64 = (bytes, at = 1) => Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(at));
  addEventListener("keydown", ({ key, ctrlKey }) => {
    if (ctrlKey && key === "c") Object.assign(noted, { pressed: performance.now(), pressedAt: noted.offset, skipped: 0 });
  }, true);
  window.WebSocket = class extends WebSocket {
    constructor(...where) {
      super(...where);
      noted.opened = performance.now();
      this.addEventListener("message", ({ data }) => {
        const bytes = new Uint8Array(data);
        if (bytes[0] === 0x81) noted.arrived = performance.now();
        if (bytes[0] === 0x82 || bytes[0] === 0x83) noted.skipped += u64(bytes, 9) - u64(bytes);
        if (bytes[0] !== 0x84) return;
        noted.attached = performance.now();
        noted.live = JSON.parse(new TextDecoder().decode(bytes.subarray(1))).live;
      });
    }
    send(data) {
      super.send(data);
      if (data[0] !== 0x02) return;
      noted.offset = u64(data);
      requestAnimationFrame(() => {
        noted.lastDrawn = performance.now();
        if (noted.live && noted.offset >= noted.live) noted.drawn ||= noted.lastDrawn;
      });
    }
  };
"""


@contextmanager
def chromium() -> Iterator[Browser | None]:
    program = shutil.which("chromium")
    if not program:
        print("There is no chromium, so what a browser draws is left out: `make test` installs it.")
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def window(on: Stage, browser: Browser, port: int, **options: Any) -> Iterator[Page]:
    """Signed in at one of the servers."""
    origin = f"http://localhost:{port}"
    context = browser.new_context(base_url=origin, viewport={"width": 1400, "height": 900}, **options)
    context.add_cookies([{"name": "sessionid", "value": on.session, "url": origin}])
    yield context.new_page()
    context.close()


@contextmanager
def console(on: Stage, browser: Browser, vm: str) -> Iterator[Page]:
    """The console's page of a machine, in a window of its own."""
    with window(on, browser, on.daphne) as page:
        page.add_init_script(NOTES)
        page.goto(on.vms[vm]["page"])
        yield page


def noted(page: Page) -> dict[str, float]:
    return dict(page.evaluate("() => noted"))
