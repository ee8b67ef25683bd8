import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.consoles.hub_process.place import Place, furnish
from tests.fleet.listener import Listener, listening


@pytest.fixture
def place(database: Path) -> Iterator[Place]:
    """Its path is short, since it holds unix sockets."""
    with tempfile.TemporaryDirectory(prefix="hp-") as folder, ExitStack() as left:
        furnish(Path(folder), database)
        yield Place(Path(folder), left)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as made:
        yield made
