from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from consoles.models import ConsoleSession
from consoles.services import Counts, end_session, open_session
from portal.fleet.models import VirtualMachine
from tests.consoles.diagnostics.conftest import printed  # noqa: F401  a fixture
from tests.world import World

Attach = Callable[..., ConsoleSession]


@pytest.fixture
def attach(world: World) -> Attach:
    """Somebody opens a machine's console; with `until`, they left again, having seen the log from 0 to there; it ended at `live` when they came."""

    def attached(
        person: str,
        vm: VirtualMachine | None = None,
        *,
        until: int | None = None,
        live: int | None = None,
        ago: float = 0,
        **more: Any,
    ) -> ConsoleSession:
        machine = vm or world.vm
        by = world.principal(person)
        session = open_session(
            by=by,
            vm=machine,
            port=machine.ports.get(),
            mode=more.get("mode", "write"),
            via="page",
            user_agent="tests",
            from_offset=None,
        )
        same = ConsoleSession.objects.filter(id=session.id)
        same.update(started_at=timezone.now() - timedelta(days=ago), from_offset=0)
        if until is not None:
            end_session(by=by, session=session, code="left", counts=Counts(7, until, 0, until, live))
        return same.get()

    return attached
