"""A stretch of a log as something to play: the real times, nothing twice, nothing lost, whatever pieces it is loaded in."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consoles.kept import asciicast
from consoles.kept.asciicast import Mark, cast, stretch
from consoles.kept.sanitising import Sanitiser
from consoles.kept.text import Gap
from tests.consoles.kept.memory import NOON, Memory


def boot() -> Memory:
    log = Memory()
    log.print(b"one\r\n", NOON)
    log.print(b"\x1b]0;t\x07two\r\n", NOON + 500)
    log.print(b"three\r\n", NOON + 2000)
    return log


def test_events_have_their_times_and_their_places() -> None:
    played = stretch(boot(), 0)
    assert [tuple(event) for event in played.events] == [
        (0, NOON, "one\r\n"),
        (5, NOON + 500, "two\r\n"),
        (16, NOON + 2000, "three\r\n"),
    ]
    assert (played.gaps, played.next) == ([], None)


def test_a_file_has_each_time_since_the_one_before() -> None:
    first, *events = map(json.loads, cast(boot(), 0, title="web-1"))
    assert first == {
        "version": 3,
        "term": {"cols": 80, "rows": 24},
        "timestamp": NOON // 1000,
        "title": "web-1",
    }
    assert events == [[0.0, "o", "one\r\n"], [0.5, "o", "two\r\n"], [1.5, "o", "three\r\n"]]


def test_marks_stand_where_they_happened_and_missing_bytes_are_told() -> None:
    log = boot()
    log.holes = [(5, 16)]
    marks = [Mark(NOON + 700, "Ada took the keyboard"), Mark(NOON - 5, "Start")]
    _first, *events = map(json.loads, cast(log, 0, marks=marks))
    assert events == [
        [0.0, "m", "Start"], [0.0, "o", "one\r\n"], [2.0, "m", "Ada took the keyboard"], [0.0, "m", "11 bytes are missing"], [0.0, "o", "three\r\n"]
    ]  # fmt: skip
    assert stretch(log, 0).gaps == [Gap(5, 16)]


def test_a_clock_that_was_set_back_never_plays_backwards() -> None:
    log = boot()
    log.print(b"four\r\n", NOON - 60_000)
    _first, *events = map(json.loads, cast(log, 0))
    assert [event[0] for event in events] == [0.0, 0.5, 1.5, 0.0]


def test_what_has_no_time_plays_with_what_comes_after_it() -> None:
    log = Memory(b"no clock yet\r\n")
    log.print(b"one\r\n", NOON)
    assert [event.ms for event in stretch(log, 0).events] == [NOON]
    log.piece = 14
    assert [event.ms for event in stretch(log, 0).events] == [NOON, NOON]


def test_nothing_to_play_is_a_file_all_the_same() -> None:
    assert [json.loads(line)["version"] for line in cast(Memory(), 0)] == [3]


def test_a_stretch_has_so_many_events_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asciicast, "EVENTS", 8)
    log = Memory(piece=5)
    for number in range(20):
        log.print(b"%d" % (number % 10), NOON + 50 * number)
    first = stretch(log, 0)
    assert ("".join(event.text for event in first.events), first.next) == ("01234567", 8)
    assert stretch(log, 16).next is None
    _header, *events = map(json.loads, cast(log, 0))
    assert "".join(text for _at, _kind, text in events) == "0123456789" * 2


def test_what_prints_nothing_counts_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asciicast, "EVENTS", 8)
    log = Memory()
    for number in range(20):
        log.print(b"\0", NOON + 50 * number)
    assert stretch(log, 0).next == 8


PRINTED = st.lists(
    st.sampled_from(
        [
            b"word",
            b"\r\n",
            b"\x1b[31m",
            b"\x1b]0;title\x07",
            b"\x1b[2",
            b"5;1H",
            b"\xe6\xbc",
            b"\xa2",
            b"\x1b",
        ]
    ),
    max_size=30,
)


@given(PRINTED, st.integers(1, 40), st.integers(1, 16))
def test_it_plays_the_same_in_whatever_stretches_it_is_loaded(
    printed: list[bytes], most: int, piece: int
) -> None:
    log = Memory(piece=piece)
    for number, data in enumerate([*printed, b"\n"]):
        log.print(data, NOON + 50 * number)
    whole, played = stretch(log, 0), list[str]()
    at: int | None = 0
    while at is not None:
        some = stretch(log, at, most=max(most, 16))
        assert some.next is None or some.next > at
        played += [event.text for event in some.events]
        at = some.next
    assert without_broken("".join(played)) == without_broken("".join(event.text for event in whole.events))
    assert without_broken("".join(played)) == without_broken(Sanitiser().feed(log.data))


def without_broken(text: str) -> str:
    """A character that is cut for good is told or not."""
    return text.replace("\N{REPLACEMENT CHARACTER}", "")


@given(st.lists(st.binary(max_size=8), max_size=20))
def test_whatever_is_printed_makes_a_file(printed: list[bytes]) -> None:
    log = Memory()
    for number, data in enumerate(printed):
        log.print(data, NOON + 50 * number)
    first, *events = map(json.loads, cast(log, 0))
    assert first["version"] == 3
    assert all(at >= 0 and kind == "o" and isinstance(text, str) for at, kind, text in events)
