import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
import uvloop

from tests.consoles.hub.support import Host, running


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The hub's own."""
    return {"uvloop": uvloop.new_event_loop}


@pytest_asyncio.fixture
async def host() -> AsyncIterator[Host]:
    """In a folder with a short path: a unix socket's may have about a hundred bytes."""
    with tempfile.TemporaryDirectory(prefix="hub-") as folder:
        async with running(Path(folder)) as made:
            yield made
