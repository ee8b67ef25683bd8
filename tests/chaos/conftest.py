import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chaos.portal import Portal
from tests.consoles.hub_process.place import furnish

MACHINES = ("web-1", "fast", "quiet", "printer", "flood", "spied")


@pytest.fixture(scope="session")
def portal(database: Path) -> Iterator[Portal]:
    """Its path is short, since it holds unix sockets."""
    with tempfile.TemporaryDirectory(prefix="hp-") as folder, ExitStack() as left:
        furnish(Path(folder), database)
        made = Portal(Path(folder), left, *MACHINES)
        for name in ("redis", "hub", "web", "worker"):
            made.start(name)
        yield made
