"""Real pages from a real Daphne in Debian's Chromium. Redis is real too: what these tests change is announced as in production."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.portal import Portal, serving
from tests.browser.watch import Watch

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 20_000
Window = Callable[..., Page]


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    with tempfile.TemporaryDirectory(prefix="homeport-browser-") as folder, serving(Path(folder)) as running:
        yield running


@pytest.fixture(scope="session")
def acting(portal: Portal) -> Portal:
    """With a worker for its machines."""
    portal.acts.start()
    return portal


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Until the last test of this folder: while it lives, its loop would be in the way of asynchronous tests."""
    program = shutil.which("chromium")
    assert program, "There is no chromium: `make test` installs it."
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser, portal: Portal) -> Iterator[Window]:
    """Opens a browser of somebody of their own; at the end, nothing may have gone wrong in any."""
    with ExitStack() as open_ones:
        watches: list[Watch] = []

        def opened(*, allow: set[int] = frozenset(), cut_off: bool = False, **options: Any) -> Page:  # type: ignore[assignment]
            options.setdefault("viewport", {"width": 1400, "height": 900})
            context = chromium.new_context(base_url=portal.url, **options)
            open_ones.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            watch = Watch(context, portal.url)
            watch.allowed |= allow
            watch.cut_off = cut_off
            watches.append(watch)
            return context.new_page()

        yield opened
        for watch in watches:
            watch.judge()


@pytest.fixture
def page(window: Window) -> Page:
    return window()
