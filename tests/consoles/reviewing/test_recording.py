"""A log as a recording in segments: nothing lost at their borders, bounded, and with the times that the player insists on."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consoles.kept.sanitising import Sanitiser
from consoles.reviewing import recording
from consoles.reviewing.recording import Cut, Index, events_of, index_of
from tests.consoles.kept.memory import NOON, Memory


def printed(*texts: bytes, apart: int = 1000) -> Memory:
    log = Memory()
    for number, text in enumerate(texts):
        log.print(text, NOON + number * apart)
    return log


def as_the_player_wants_it(index: Index) -> None:
    cuts = index.cuts
    assert cuts[0].at == 0
    assert all(one.at < two.at and one.offset < two.offset for one, two in pairwise(cuts))
    assert cuts[-1].at < index.duration


def played(log: Memory, index: Index, idle: int = 0) -> str:
    text = ""
    for cut, following in index.segments:
        _lead, events = events_of(log, cut, following, idle=idle)
        times = [event.at for event in events]
        assert times == sorted(times)
        assert all(cut.at <= at < following.at for at in times)
        text += "".join(event.text for event in events)
    return text


def test_a_recording_begins_before_anything_is_printed_and_ends_after() -> None:
    log = printed(b"before\r\n", b"own\r\n", apart=60_000)
    times = {"since": NOON + 50_000, "until": NOON + 69_000}
    index = index_of(log, 8, log.end, **times)
    as_the_player_wants_it(index)
    assert (index.duration, index.clock) == (19_000, [(0, NOON + 50_000)])
    (segment,) = index.segments
    lead, events = events_of(log, *segment, since=times["since"])
    assert (lead, [tuple(one) for one in events]) == ("before\r\n", [(10_000, "own\r\n")])
    short = index_of(log, 8, log.end, idle=2000, **times)
    assert (short.duration, short.clock) == (4000, [(0, NOON + 50_000), (2000, NOON + 60_000)])


def test_of_a_time_in_which_nothing_was_printed_there_is_the_screen_as_it_stood() -> None:
    log = printed(b"before\r\n")
    index = index_of(log, 8, 8, since=NOON + 1000, until=NOON + 10_000)
    as_the_player_wants_it(index)
    assert (index.duration, index.cuts) == (9000, [Cut(8, 0)])
    assert events_of(log, Cut(8, 0), Cut(8, 9000), since=NOON + 1000) == ("before\r\n", [])


def test_much_at_one_time_after_a_beginning_is_cut_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "SEGMENT", 10)
    log = printed(b"x" * 95)
    index = index_of(log, 0, log.end, since=NOON - 3000)
    as_the_player_wants_it(index)
    found = [
        events_of(log, *one, since=None if number else NOON - 3000)
        for number, one in enumerate(index.segments)
    ]
    assert "".join(event.text for _lead, events in found for event in events) == "x" * 95


PRINTS = st.lists(
    st.tuples(
        st.one_of(st.binary(max_size=300), st.sampled_from([b"\x1b[31mred\x1b[0m\r\n", "日本\r\n".encode()])),
        st.integers(-500, 5000),
    ),
    max_size=40,
)


@given(PRINTS, st.integers(20, 200), st.sampled_from([0, 300, 2000]), st.integers(0, 100))
def test_segments_together_are_what_was_printed(
    prints: list[tuple[bytes, int]], size: int, idle: int, start: int
) -> None:
    log, now = Memory(), NOON
    for data, passed in prints:
        now += passed
        if data:
            log.print(data, now)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recording, "SEGMENT", size)
        index = index_of(log, start, log.end, idle=idle)
        if index.start >= index.end:
            assert index.cuts == []
            return
        as_the_player_wants_it(index)
        assert all(two.offset - one.offset <= size + 300 for one, two in index.segments)
        if start == 0:
            assert played(log, index, idle) == Sanitiser().feed(log.data)


def test_a_pause_is_as_long_as_it_was_or_as_long_as_is_wished() -> None:
    log = printed(b"one\r\n", b"two\r\n", apart=60_000)
    assert index_of(log, 0, log.end).duration == 60_000 + recording.TAIL
    short = index_of(log, 0, log.end, idle=2000)
    assert short.duration == 2000 + recording.TAIL
    assert short.clock == [(0, NOON), (2000, NOON + 60_000)]


def test_a_clock_that_was_set_back_stands_still() -> None:
    log = Memory()
    log.print(b"one\r\n", NOON)
    log.print(b"two\r\n", NOON - 3_600_000)
    log.print(b"three\r\n", NOON - 3_599_000)
    index = index_of(log, 0, log.end)
    assert index.duration == 1000 + recording.TAIL
    assert index.clock[-1] == (0, NOON - 3_600_000)


def test_what_came_at_one_time_is_cut_as_well() -> None:
    log = printed(b"x" * (recording.SEGMENT * 3 + 5))
    index = index_of(log, 0, log.end)
    as_the_player_wants_it(index)
    assert [two.offset - one.offset for one, two in index.segments] == [recording.SEGMENT] * 3 + [5]
    assert played(log, index) == log.data.decode()


def test_a_log_of_many_small_events_has_small_segments() -> None:
    log = printed(*[b"a\r\n"] * 20_000, apart=50)
    assert len(index_of(log, 0, log.end).cuts) == 3


def test_no_index_is_about_more_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST", 100)
    log = printed(*[b"0123456789"] * 30)
    assert index_of(log, 20, log.end).end == 120


def test_an_index_has_so_many_times_and_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "STAMPS", 10)
    log = printed(*[b"0123456789"] * 30)
    index = index_of(log, 20, log.end)
    assert (index.end, index.duration) == (120, 9000 + recording.TAIL)
    assert played(log, index) == "0123456789" * 10
    assert index_of(log, 210, log.end).end == log.end


def test_no_segment_has_more_events_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "EVENTS", 10)
    log = printed(*[b"x", b"\0"] * 30)
    _lead, events = events_of(log, Cut(0, 0), Cut(60, 99_000))
    assert [event.at for event in events] == [0, 2000, 4000, 6000, 8000]


def test_a_segment_begins_with_the_screen_that_there_was() -> None:
    log = printed(b"first\r\n", b"second\r\n", b"third\r\n")
    index = index_of(log, 7, log.end)
    lead, events = events_of(log, *next(index.segments))
    assert lead == "first\r\n"
    assert [event.text for event in events] == ["second\r\n", "third\r\n"]


def test_a_sequence_that_a_border_cuts_is_whole_in_the_second_segment() -> None:
    log = printed(b"a\x1b[3", b"1mred")
    index = index_of(log, 4, log.end)
    _lead, events = events_of(log, *next(index.segments))
    assert events[0].text == "\x1b[31mred"


def test_what_is_missing_is_said_where_it_is() -> None:
    log = printed(b"before\r\n", b"lost for ever\r\n", b"after\r\n")
    log.holes = [(8, 23)]
    text = played(log, index_of(log, 0, log.end))
    assert text == "before\r\n\r\n── 15 bytes are missing ──\r\nafter\r\n"


def test_what_a_player_must_not_be_fed_is_not_in_it() -> None:
    log = printed(b"a\x1b]52;c;c2VjcmV0\x07b\x1b]0;title\x07c\x1b[6nd\r\n")
    assert played(log, index_of(log, 0, log.end)) == "abcd\r\n"


def test_nothing_is_no_recording() -> None:
    index = index_of(Memory(), 0, 0)
    assert (index.cuts, index.start, index.end) == ([], 0, 0)
