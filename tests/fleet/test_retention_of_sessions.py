"""The clock that deletes old sessions looks at holds before each batch."""

from typing import Any

import pytest

from consoles.models import ConsoleSession
from consoles.retention import sessions
from portal.fleet.services.holds import put_hold
from tests.fleet.test_records_page import session
from tests.world import SYSTEM, World


def test_a_hold_that_comes_in_the_middle_keeps_what_is_left(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(2):
        session(world)
    real = sessions._delete

    def delete(*args: Any) -> int:
        count: int = real(*args)
        if count:
            put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="case 9")
        return count

    monkeypatch.setattr(sessions, "AT_ONCE", 1)
    monkeypatch.setattr(sessions, "_delete", delete)
    assert sessions.prune_sessions(by=SYSTEM) == 1
    assert ConsoleSession.objects.count() == 1
