from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consoles.record.spool import Spool
from portal.fleet.models import VirtualMachine
from tests.world import World

MIB = 1024 * 1024
BEGAN = 1_795_000_000_000  # ms
Printed = Callable[..., None]


@pytest.fixture
def printed(world: World, tmp_path: Path, settings: Any) -> Printed:
    """Lets web-1, or another machine, print: into the spool that a hub would have written."""
    settings.SPOOL = tmp_path

    def prints(
        *texts: bytes, vm: VirtualMachine | None = None, at: int = BEGAN, limit: int = 16 * MIB
    ) -> None:
        line = (vm or world.vm).ports.get().line_id
        spool = Spool(tmp_path / str(line), limit)
        for number, text in enumerate(texts):
            spool.append(text, at + number * 1000)
        spool.close()

    return prints
