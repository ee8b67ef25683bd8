"""The product's pages in Chromium, all of its processes behind them, and the full Debians of `make lab` among its machines."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import chromium, page, window  # noqa: F401
from tests.browser.portal import Portal, serving


@pytest.fixture(scope="package")
def portal() -> Iterator[Portal]:
    """As `make run` has it: with a worker for its machines, and what follows them."""
    with tempfile.TemporaryDirectory(prefix="hpl-") as folder, serving(Path(folder)) as running:
        running.acts.start()
        running.follower.start()
        yield running
