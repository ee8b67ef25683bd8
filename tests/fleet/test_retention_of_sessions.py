"""The clock that deletes old sessions looks at holds for each batch, when nobody can put another before it is gone."""

from typing import Any

import pytest

from consoles.models import ConsoleSession
from consoles.retention import sessions
from portal.fleet.models.records import LegalHold
from portal.fleet.services.holds import end_hold, put_hold
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


def test_a_hold_that_comes_once_a_batch_is_begun_keeps_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    session(world)
    real = sessions._delete

    def delete(*args: Any) -> int:
        if world.contoso in args and not LegalHold.objects.exists():
            put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="case 9")
        return real(*args)

    with monkeypatch.context() as patch:
        patch.setattr(sessions, "_delete", delete)
        assert sessions.prune_sessions(by=SYSTEM) == 0
    end_hold(by=SYSTEM, hold=LegalHold.objects.get())
    assert sessions.prune_sessions(by=SYSTEM) == 1
