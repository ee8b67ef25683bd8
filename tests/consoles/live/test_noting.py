"""What a session does is written in the order and with the time in which it happened, however long the database lets it wait."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts import actions
from accounts.models import AuditEntry
from consoles.models import ActKind, KeyboardAct
from consoles.relay import insisting, noting
from consoles.relay.noting import Noting
from consoles.relay.seat import Came
from consoles.threads import in_thread
from tests.consoles.live.sessions import session
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


class Slow:
    """The database, which lets the first who writes wait."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.free = asyncio.Event()

    async def in_thread(self, write: Callable[[], Any]) -> None:
        self.begun.append(write.func.__name__)  # type: ignore[attr-defined]
        if len(self.begun) == 1:
            await self.free.wait()
        await in_thread(write)


async def test_a_break_behind_a_take_over_is_written_behind_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow()
    monkeypatch.setattr(insisting, "in_thread", slow.in_thread)
    mine = await in_thread(session, world, "owner")
    made = Noting(SimpleNamespace(principal=world.principal("owner"), session=mine))  # type: ignore[arg-type]
    made.came(Came("taken", None))
    made.noticed("break", int(timezone.now().timestamp() * 1000))
    for _turn in range(10):
        await asyncio.sleep(0)
    happened = timezone.now()
    assert slow.begun == ["note_takeover"]
    slow.free.set()
    assert await made.settled() == []
    acts = await in_thread(lambda: list(KeyboardAct.objects.order_by("id").values_list("kind", "at")))
    assert [kind for kind, _at in acts] == [ActKind.TAKE_OVER, ActKind.BREAK]
    assert all(at <= happened for _kind, at in acts)
    entries = AuditEntry.objects.order_by("seq").values_list("action", flat=True)
    assert (await in_thread(list, entries))[-2:] == [actions.TAKE_OVER, actions.BREAK]


async def test_what_cannot_be_written_holds_up_nothing_behind_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**about: Any) -> None:
        raise ValueError("no")

    monkeypatch.setattr(noting, "note_takeover", broken)
    mine = await in_thread(session, world, "owner")
    made = Noting(SimpleNamespace(principal=world.principal("owner"), session=mine))  # type: ignore[arg-type]
    made.came(Came("taken", None))
    made.noticed("break", 0)
    assert [str(failed) for failed in await made.settled()] == ["no"]
    assert await in_thread(KeyboardAct.objects.count) == 1
