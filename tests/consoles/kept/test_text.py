"""A log as lines: the same wherever one begins to read, and never more in memory than a few pieces."""

import tracemalloc
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from consoles.kept.text import GRID, Gap, Line, line_start, lines
from tests.consoles.kept.memory import Memory

KIB = 1024


def texts(log: Memory, start: int = 0, end: int | None = None) -> list[str]:
    return [one.text for one in lines(log, start, end) if isinstance(one, Line)]


def test_lines_have_the_offsets_of_their_bytes() -> None:
    log = Memory(b"one\r\ntwo\nthree")
    assert list(lines(log)) == [Line(0, 5, "one"), Line(5, 9, "two"), Line(9, 14, "three", whole=False)]


def test_reading_begins_with_the_line_that_holds_the_offset_and_ends_with_the_last_that_begins_before() -> (
    None
):
    log = Memory(b"one\ntwo\nthree\nfour\n")
    assert texts(log, 5) == ["two", "three", "four"]
    assert texts(log, 4) == ["two", "three", "four"]
    assert texts(log, 5, 9) == ["two", "three"]
    assert texts(log, 5, 8) == ["two"]
    assert texts(log, 99) == []


def test_what_is_gone_is_told_where_it_would_have_been() -> None:
    log = Memory(b"a\nbb\ncc\ndd\n", start=100, holes=[(103, 106)])
    assert list(lines(log)) == [
        Gap(0, 100),
        Line(100, 102, "a"),
        Line(102, 103, "b"),
        Gap(103, 106),
        Line(106, 108, "c"),
        Line(108, 111, "dd"),
    ]


def test_where_a_program_moved_the_cursor_another_line_of_text_begins() -> None:
    menu = (
        b"\x1b[2J\x1b[1;1H\x1b[4;10HGNU GRUB\x1b[6;3H*Debian\x1b[6;20Hrecovery\x1b[7;3H Memtest\x1b[B\x1b[A"
    )
    log = Memory(b"boot\r\n" + menu + b"\r\nnext\n")
    assert texts(log) == [
        "boot",
        "",
        "         GNU GRUB",
        "  *Debian          recovery",
        "   Memtest",
        "next",
    ]
    third = next(one for one in lines(log) if isinstance(one, Line) and "Debian" in one.text)
    assert texts(log, third.offset) == ["  *Debian          recovery", "   Memtest", "next"]
    assert texts(log, third.end) == ["   Memtest", "next"]


PRINTED = st.lists(
    st.sampled_from(
        [
            b"\n",
            b"\r\n",
            b"word ",
            b"\x1b[3;1H",
            b"\x1b[31m",
            b"\r",
            b"x" * 70,
            b"y" * (GRID // 2),
            b"\xe6\xbc\xa2",
        ]
    ),
    max_size=40,
).map(b"".join)


@given(PRINTED, st.integers(1, 200), st.data())
def test_the_same_lines_are_found_from_wherever_one_begins(
    printed: bytes, small: int, data: st.DataObject
) -> None:
    log = Memory(printed, piece=small if len(printed) < KIB else 8 * KIB)
    whole = [one for one in lines(log) if isinstance(one, Line)]
    start = data.draw(st.integers(0, len(printed)))
    assert list(lines(log, start)) == [one for one in whole if one.end > start]
    assert all(before.end <= after.offset for before, after in pairwise(whole))


@given(PRINTED, st.data())
def test_a_line_begins_where_the_lines_say(printed: bytes, data: st.DataObject) -> None:
    log = Memory(printed.replace(b"\x1b[3;1H", b""))
    for one in lines(log):
        offset = data.draw(st.integers(one.offset, one.end - 1))
        assert line_start(log, offset) == one.offset


def test_what_never_ends_a_line_is_cut_and_takes_little_memory() -> None:
    log = Memory(b"x" * (32 * KIB * KIB), start=7)
    tracemalloc.start()
    longest = max(one.end - one.offset for one in lines(log, 7))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert longest <= 2 * GRID
    assert peak < 4 * KIB * KIB
