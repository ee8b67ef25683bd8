import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.consoles.hub_process.place import Place, furnish


class Forwarding(Place):
    HANDS = "tests.fleet.forwarding.hands"


@pytest.fixture
def place(database: Path) -> Iterator[Forwarding]:
    """Its path is short, since it holds unix sockets."""
    with tempfile.TemporaryDirectory(prefix="hp-") as folder, ExitStack() as left:
        furnish(Path(folder), database)
        yield Forwarding(Path(folder), left)
