"""One line of a guest's output, as a terminal would have left it."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consoles.kept.drawing import plain

ANYTHING_THAT_ACTS = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.mark.parametrize(
    ("printed", "left"),
    [
        (b"[    0.000000] Linux version 6.1\r\n", "[    0.000000] Linux version 6.1"),
        (b"[\x1b[0;32m  OK  \x1b[0m] Started sshd\r\n", "[  OK  ] Started sshd"),
        (b"\x1b[38;5;196mred\x1b[m \x1b[1;4mbold\x1b[22;24m\n", "red bold"),
        ("größe 漢字 ✓\n".encode(), "größe 漢字 ✓"),
        (b"5%\r10%\r100%\r\n", "100%"),
        (b"100 percent\rdone\r\n", "donepercent"),
        (b"100 percent\r\x1b[Kdone\r\n", "done"),
        (b"$ " + b"a" * 78 + b" \r" + b"b" * 5 + b"\r\n", "$ " + "a" * 78 + "b" * 5),
        (b"lx\bs -l\r\n", "ls -l"),
        (b"lx\b \bs\r\n", "ls"),
        (b"abc\x1b[3D\x1b[1P\r\n", "bc"),
        (b"ac\b\x1b[@b\r\n", "abc"),
        (b"abcdef\r\x1b[2C\x1b[2X\r\n", "ab  ef"),
        (b"name\x1b[20Gvalue\n", "name               value"),
        (b"a\tb\x08\x08\x08c\n", "a     c b"),
        ("漢\b\bxy\n".encode(), "xy"),
        ("e\N{COMBINING ACUTE ACCENT}\b \n".encode(), ""),
        (b"before\x1b]0;a title\x07after\n", "beforeafter"),
        (b"before\x1b]52;c;cm0gLXJm\x1b\\after\n", "beforeafter"),
        (b"\x1b]8;;http://evil.example/\x07link\x1b]8;;\x07\n", "link"),
        (b"x\x1bP1;2|payload\x1b\\y\x1b_application\x1b\\z\x1b^privacy\x1b\\!\n", "xyz!"),
        (b"seen\x1b]0;never ended\n", "seen"),
        (b"a\x1b[6nb\x1b[cc\x1bZd\x1b[>0qe\n", "abcde"),
        ("a\x9b31mb\x9d0;title\x9cc\x90q\x9cd\n".encode(), "abcd"),
        (b"lone \x9b31m byte\n", "lone \N{REPLACEMENT CHARACTER}31m byte"),
        (b"a\x00b\x7fc\x07d\n", "abcd"),
        ("user\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe\n".encode(), "usergpj.exe"),
        (b"cut\x1b[\n", "cut"),
        (b"cut\x1b\n", "cut"),
        (b"\x1b[999999999C|\n", " " * 200 + "|"),
        (b"\x1b(0lqk\x1b(B\n", "lqk"),
        (b"", ""),
        (b"\r\n", ""),
    ],
)
def test_what_a_terminal_would_show_is_what_is_left(printed: bytes, left: str) -> None:
    assert plain(printed) == left


@pytest.mark.parametrize(
    "printed",
    [
        b"x\r" + b"\x1b[200@" * 10_900,
        b"x" * 32_000 + b"\x1b[2K" * 8000,
        b"x" * 32_000 + b"\b\b\x1b[1K" * 8000,
        b"x" * 32_000 + b"\r" + b"\x1b[P\x1b[@" * 4600,
        b"\x1b[2K\x1b[200Cx\r" * 4600,
    ],
)
def test_no_line_takes_long_to_draw_or_grows_by_it(printed: bytes) -> None:
    began = time.process_time()
    text = plain(printed)
    assert time.process_time() - began < 0.25
    assert len(text) <= 32_000


def test_a_long_line_that_was_written_over_and_over_is_what_was_written_last() -> None:
    progress = b"".join(b"\r%3d%% of 100%%" % (number // 100) for number in range(10_001))
    assert plain(progress) == "100% of 100%"


def test_what_an_insertion_pushes_over_the_edge_is_gone() -> None:
    assert plain(b"a" * 198 + b"bc\r\x1b[@") == " " + "a" * 198 + "b"
    assert plain(b"a" * 298 + b"bc\r\x1b[@") == " " + "a" * 298 + "b"


PIECES = st.sampled_from(
    [
        b"\x1b",
        b"\x1b[",
        b"\x1b]",
        b"\x1bP",
        b"\xc2\x9b",
        b"\xc2\x9d",
        b"\x9b",
        b"\xe2\x80",
        b"\xae",
        b"52;c;",
        b"999C",
        b"3D",
        b"2K",
        b"5P",
        b"9@",
        b"\x07",
        b"\x1b\\",
        b"\b",
        b"\r",
        b"\t",
        b"ab",
        "漢é".encode(),
    ]
)
HOSTILE = st.lists(PIECES | st.binary(max_size=4), max_size=60).map(b"".join)


@given(HOSTILE)
@example(b"\xe2\x80\x1b[m\xae")
@example(b"\xc2\x1b[m\x9b6n")
@example(b"\x1b\x1b[m[6n")
def test_nothing_that_acts_is_ever_left(printed: bytes) -> None:
    line = printed.replace(b"\n", b"")
    text = plain(line)
    assert not ANYTHING_THAT_ACTS.search(text)
    assert len(text) <= len(line) + 200 * max(line.count(b"C") + line.count(b"G") + line.count(b"@"), 1)


@given(st.text(st.characters(exclude_categories=["C"], exclude_characters="\u2028\u2029")))
def test_text_without_controls_is_left_as_it_is(text: str) -> None:
    assert plain(text.encode()) == text
