"""A database that is locked or away when somebody leaves keeps nothing out of the records: neither when they left nor what they did last."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from structlog.testing import capture_logs

from consoles import consumers
from consoles.models import ConsoleSession, KeyboardAct
from consoles.relay import insisting, noting
from consoles.services import end_session, note_breaks
from consoles.threads import in_thread
from consoles.wire import Op
from tests.consoles.live.browser import Browser
from tests.consoles.live.conftest import Stage
from tests.consoles.live.test_breaks import breaks, entries, monitor, recorded
from tests.consoles.monitor import Monitor

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["monitor"]
LOCKED, GONE = OperationalError("database is locked"), InterfaceError("connection already closed")


class Away:
    """The database: each write fails `tries` times."""

    def __init__(self, tries: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tries, self.failed = tries, list[datetime]()
        monkeypatch.setattr(insisting, "FIRST", 0.01)
        monkeypatch.setattr(noting, "note_breaks", self.before(note_breaks))
        monkeypatch.setattr(consumers, "end_session", self.before(end_session))

    def before(self, write: Callable[..., Any]) -> Callable[..., Any]:
        troubles = [LOCKED, GONE] * self.tries

        def tried(**about: Any) -> Any:
            if len(troubles) > self.tries:
                self.failed.append(timezone.now())
                raise troubles.pop()
            return write(**about)

        return tried


async def somebody_who_breaks(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """Twice: the second is noted when they leave."""
    monkeypatch.setattr(noting, "TOGETHER", 600.0)
    browser = await stage.attached("owner")
    for _ in range(2):
        breaks(browser)
        assert (await browser.until(Op.NOTICE))["kind"] == "break"
    await recorded(1)
    return browser


async def kept() -> ConsoleSession:
    return await in_thread(ConsoleSession.objects.get)


async def test_the_end_and_a_break_are_written_once_it_answers(
    stage: Stage, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await somebody_who_breaks(stage, monkeypatch)
    away = Away(2, monkeypatch)
    await browser.leave(1000)
    assert len(away.failed) == 4
    assert [told["count"] for told in await entries()] == [1, 1]
    assert (await kept()).end_code == "left"


async def test_the_end_is_when_they_left_and_not_when_it_could_be_written(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.attach_device()
    browser = await stage.attached("owner")
    away = Away(3, monkeypatch)
    await browser.leave(1000)
    ended_at = (await kept()).ended_at
    assert ended_at
    assert ended_at <= away.failed[0]


async def test_a_server_that_loses_patience_with_a_closed_socket_keeps_nothing_out(
    stage: Stage, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sleep(seconds: float) -> None:
        """What Daphne does each second, ten seconds after a socket was closed."""
        browser.task.cancel()
        await asyncio.sleep(0)

    browser = await somebody_who_breaks(stage, monkeypatch)
    Away(2, monkeypatch)
    monkeypatch.setattr(insisting, "sleep", sleep)
    await browser.leave(1000)
    assert [told["count"] for told in await entries()] == [1, 1]
    assert (await kept()).end_code == "left"


async def test_one_that_stays_away_is_told_of_in_the_log(
    stage: Stage, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await somebody_who_breaks(stage, monkeypatch)
    Away(1, monkeypatch)
    monkeypatch.setattr(insisting, "LONGEST", 0.0)
    with capture_logs() as logs:
        await browser.leave(1000)
    assert browser.task.exception() is GONE
    assert [log["error"] for log in logs if log["event"] == "act_not_recorded"] == [str(GONE)]
    assert await in_thread(KeyboardAct.objects.count) == 1
    assert (await kept()).ended_at is None


async def test_it_is_asked_for_a_minute_and_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    class Clock:
        def monotonic(self) -> float:
            return sum(pauses)

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    def locked() -> None:
        raise LOCKED

    monkeypatch.setattr(insisting, "time", Clock())
    monkeypatch.setattr(insisting, "sleep", sleep)
    with pytest.raises(OperationalError):
        await insisting.insisted(locked, since=0.0)
    assert pauses == sorted(pauses)
    assert 45 < sum(pauses) <= 60
