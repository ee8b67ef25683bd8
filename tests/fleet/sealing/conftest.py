from pathlib import Path

import pytest
from pytest_django import Settings

from tests import world as worlds
from tests.fleet.sealing.ages import days_ago, keep, write
from tests.world import World


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    """Everything that made it is a hundred days old; since then Contoso did something on two days, and yesterday."""
    settings.STORES = tmp_path / "stores"
    with days_ago(100):
        made = worlds.build()
    for days in (90, 60, 1):
        with days_ago(days):
            write(made.contoso)
    keep(made)
    return made
