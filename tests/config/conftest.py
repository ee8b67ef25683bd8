import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.consoles.hub_process.place import Place, furnish


@pytest.fixture
def place(database: Path, settings: Settings) -> Iterator[Place]:
    """With a Redis that these tests' own portal uses, too. Its path is short, since it holds unix sockets."""
    with tempfile.TemporaryDirectory(prefix="hp-") as folder, ExitStack() as left:
        furnish(Path(folder), database)
        place = Place(Path(folder), left)
        place.redis()
        settings.REDIS_URL = place.environment["REDIS_URL"]
        settings.RQ_QUEUES = {name: {"URL": settings.REDIS_URL} for name in settings.RQ_QUEUES}
        yield place
