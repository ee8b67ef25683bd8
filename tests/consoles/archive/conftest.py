from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as settings_of

from consoles.hub import client, forgetting
from consoles.wire import Op
from tests.consoles.archive.printer import Printer
from tests.world import World


@pytest.fixture
def printer(world: World, tmp_path: Path, settings: Any) -> Printer:
    """web-1's first line on this host's disk; its account is a folder."""
    settings.SPOOL, settings.STORES = tmp_path / "spool", tmp_path / "stores"
    return Printer(world.vm, tmp_path / "spool")


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hub does to a line that it does not hold, done here."""

    async def forget(address: str, line: str, before: int, listening: object) -> int:
        op, told = forgetting.forget(None, settings_of.SPOOL, {"line": line, "before": before})
        assert op == Op.REPORT, told
        return int(told["start"])

    monkeypatch.setattr(client, "forget", forget)
