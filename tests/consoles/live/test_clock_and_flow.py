"""Pure parts: when a session is due for something, where a session is in the log, who came to the keyboard, and which events concern whom."""

import asyncio
import gc
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import events
from consoles.admission.answers import Admitted
from consoles.relay.clock import CHECK_EVERY, SEE_EVERY, WARN_BEFORE, Clock, Due, Warn
from consoles.relay.flow import Flow
from consoles.relay.frames import FLOOD, BadFrame, Pace, said
from consoles.relay.seat import Came, Seat
from consoles.relay.together import until_one_ends
from consoles.relay.watching import concerns
from consoles.wire import FROM_BROWSER, OFFSETS, U64, Op, packed


def clock(**times: float) -> Clock:
    return Clock(0.0, writes=True, **{"idle": 0.0, "longest": 0.0, **times})


def test_rights_and_signs_of_life_are_due_every_so_often() -> None:
    made = clock()
    assert made.due(CHECK_EVERY * 0.8) == []
    assert made.due(CHECK_EVERY * 1.2) == [Due.CHECK]
    made.checked(CHECK_EVERY * 1.2)
    assert made.due(CHECK_EVERY * 1.3) == []
    assert Due.SEE in made.due(SEE_EVERY * 1.2)
    assert Due.SEE not in made.due(SEE_EVERY * 1.3)


def test_a_writer_is_warned_once_then_closed_and_a_key_starts_it_anew() -> None:
    made = clock(idle=600)
    assert made.wait(0.0) <= CHECK_EVERY * 1.1
    assert Warn("idle", 120) not in made.due(600 - WARN_BEFORE - 1)
    assert Warn("idle", 120) in made.due(600 - WARN_BEFORE)
    assert not [one for one in made.due(600 - WARN_BEFORE + 1) if isinstance(one, Warn)]
    made.touch(599)
    assert Due.IDLE not in made.due(601)
    assert Warn("idle", 120) in made.due(1199 - WARN_BEFORE)
    assert made.due(1199) == [Due.IDLE]


def test_a_short_time_warns_as_soon_as_it_can() -> None:
    assert clock(idle=60).due(0.0) == [Warn("idle", 60)]


def test_a_watcher_is_never_idle_and_begins_anew_at_the_keyboard() -> None:
    made = clock(idle=60)
    assert made.wrote(False, 0.0)
    assert Due.SEE in made.due(0.0)
    assert Due.IDLE not in made.due(1000)
    assert made.wrote(True, 1000)
    assert not made.wrote(True, 1030)
    assert Due.IDLE not in made.due(1059)
    assert made.due(1060) == [Due.IDLE]


def test_the_longest_time_is_not_prolonged_by_keys() -> None:
    made = clock(longest=600)
    made.touch(599)
    assert made.due(600) == [Due.LONGEST]


def test_times_may_change_meanwhile() -> None:
    made = clock()
    assert Due.LONGEST not in made.due(10_000)
    made.longest = 60
    assert made.due(10_000) == [Due.LONGEST]
    made.longest = 0
    assert Due.LONGEST not in made.due(10_000)


@given(st.binary(max_size=300))
def test_whatever_a_browser_says_is_a_frame_or_a_bad_one(data: bytes) -> None:
    try:
        op, payload = said({"type": "websocket.receive", "bytes": data})
    except BadFrame:
        return
    assert op in FROM_BROWSER
    assert bytes((op,)) + payload == data


def test_what_comes_more_often_than_people_do_it_is_thrown_away() -> None:
    pace = Pace()
    pace.came(10.0)
    assert [pace.allows(Op.RESIZE) for _ in range(30)].count(True) == 20
    assert [pace.allows(Op.TAKE) for _ in range(30)].count(True) == 5
    assert [pace.allows(Op.ASK) for _ in range(30)].count(True) == 1
    assert [pace.allows(Op.PING) for _ in range(150)].count(True) == 100
    pace.came(10.9)
    assert not pace.allows(Op.ASK)
    pace.came(11.1)
    assert pace.allows(Op.ASK)


def test_a_flood_of_frames_of_any_kind_is_a_bad_frame() -> None:
    pace = Pace()
    for _ in range(FLOOD):
        pace.came(10.0)
    with pytest.raises(BadFrame):
        pace.came(10.5)
    pace.came(11.1)


def output(offset: int, size: int) -> bytes:
    return U64.pack(offset) + b"x" * size


@pytest.mark.parametrize("op", [Op.GAP, Op.SKIP])
def test_a_session_knows_where_it_goes_on_and_how_much_it_was_sent(op: Op) -> None:
    flow = Flow()
    assert flow.next is None
    flow.starts(1000, live=1010)
    flow.sent(Op.OUTPUT, output(1000, 10))
    flow.sent(op, OFFSETS.pack(1010, 5000))
    flow.sent(Op.OUTPUT, output(5000, 1))
    assert (flow.first, flow.next, flow.bytes_out) == (1000, 5001, 11)
    flow.starts(6000, live=7000)
    assert (flow.first, flow.live, flow.next) == (1000, 1010, 6000)


ME, OTHER = {"viewer": "me", "name": "Ada"}, {"viewer": "other", "name": "Bob"}


def presence(writer: str | None) -> dict[str, Any]:
    return {"people": [ME, OTHER], "writer": writer}


def seat(writer: str | None) -> Seat:
    made = Seat("me")
    made.attached({**presence(writer), "mode": "write" if writer == "me" else "watch"})
    return made


def test_it_tells_how_somebody_came_to_the_keyboard() -> None:
    assert seat("other").present(packed(presence("me"))) == Came("taken", OTHER)
    assert seat(None).present(packed(presence("me"))) == Came("free", None)
    assert seat("me").present(packed(presence("me"))) is None
    assert seat("me").present(packed(presence("other"))) is None
    handed = seat("other")
    handed.noticed("handed")
    assert handed.present(packed(presence("me"))) == Came("handed", OTHER)
    assert handed.writes


def test_each_coming_is_told_once() -> None:
    made = seat("other")
    assert made.present(packed(presence("me"))) is not None
    assert made.present(packed(presence("me"))) is None
    assert made.present(packed(presence("other"))) is None
    assert not made.writes
    assert made.present(packed(presence("me"))) is not None


def test_a_name_that_looks_like_the_writer_is_a_name() -> None:
    made = seat("other")
    forged = {**OTHER, "name": '"writer":"me"}'}
    assert made.present(packed({"people": [ME, forged], "writer": "other"})) is None
    assert not made.writes


ADA = str(uuid4())


@pytest.mark.parametrize(
    ("event", "so"),
    [
        ({"type": events.SWITCH_CHANGED, "subscription": "s"}, True),
        ({"type": events.SWITCH_CHANGED, "subscription": "other"}, False),
        ({"type": events.SWITCH_CHANGED, "vm": "/vm", "enabled": False}, True),
        ({"type": events.SWITCH_CHANGED, "vm": "/other"}, False),
        ({"type": events.SWITCH_CHANGED, "storage": "/account"}, True),
        ({"type": events.SWITCH_CHANGED, "storage": "/other"}, False),
        ({"type": events.MACHINE_CHANGED, "vm": "/vm"}, True),
        ({"type": events.MACHINE_CHANGED, "vm": "/other"}, False),
        ({"type": events.ACCESS_CHANGED}, True),
        ({"type": events.ACCESS_CHANGED, "principal": None}, True),
        ({"type": events.ACCESS_CHANGED, "principal": ADA, "sign_in": "x"}, True),
        ({"type": events.ACCESS_CHANGED, "principal": "other"}, False),
        ({"type": events.ACCESS_CHANGED, "principal": "other", "sign_in": "x"}, False),
    ],
)
def test_an_event_that_is_surely_about_others_is_passed_by(event: dict[str, Any], so: bool) -> None:
    admitted = SimpleNamespace(
        session=SimpleNamespace(subscription_id="s"),
        vm_key="/vm",
        storage_key="/account",
        principal=SimpleNamespace(id=ADA),
    )
    assert concerns(event, cast(Admitted, admitted)) is so


async def test_of_several_tasks_none_outlives_the_first_to_end_even_if_it_swallows_a_cancel() -> None:
    swallowed = asyncio.Event()

    async def stubborn() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            swallowed.set()
        await asyncio.sleep(60)

    async def ends() -> None:
        await asyncio.sleep(0)
        raise LookupError

    before = asyncio.all_tasks()
    with pytest.raises(LookupError):
        await until_one_ends(stubborn(), ends())
    assert swallowed.is_set()
    assert asyncio.all_tasks() == before


async def test_of_several_that_end_at_once_the_first_named_is_told_and_the_others_are_not_complained_of() -> (
    None
):
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, told: complaints.append(told))

    async def ends(error: Exception) -> None:
        raise error

    for _ in range(5):
        with pytest.raises(LookupError):
            await until_one_ends(ends(LookupError()), ends(ValueError()), ends(OSError()))
    gc.collect()
    assert complaints == []
