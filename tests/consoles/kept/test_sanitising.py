"""What a player is fed: what a screen showed, and nothing that does more than draw."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consoles.kept.sanitising import LONGEST, Sanitiser

LETS_THROUGH = re.compile(
    "\x1b\\[[0-9;:]*[@ABCDEFGHIJKLMPSTXZ`abdefghlmrsu]|\x1b\\[\\?[0-9;]+[hl]|\x1b\\[[0-9]* q|\x1b[78DEHMc=>]|\x1b[()*+][0-9A-Za-z]"
)
ACTS = re.compile("[\x00-\x07\x0b\x0c\x10-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize(
    "drawing",
    [
        "plain ✓ 漢字\r\n\t\b",
        "\x1b[0;1;38:2::10:20:30mcolour\x1b[m",
        "\x1b[2J\x1b[H\x1b[10;20H\x1b[3A\x1b[K\x1b[1;24r\x1b[2L\x1b[4P\x1b[3X\x1b[120b",
        "\x1b[?1049h\x1b[?25l\x1b[?7h\x1b[4h\x1b[4l\x1b[2 q",
        "\x1b(0\x0elqqk\x0f\x1b(B\x1b7\x1b8\x1bM\x1bD\x1bc",
    ],
)
def test_what_draws_is_let_through(drawing: str) -> None:
    assert Sanitiser().feed(drawing.encode()) == drawing


@pytest.mark.parametrize(
    "sent",
    [
        b"\x1b]0;title\x07", b"\x1b]2;title\x1b\\", b"\x1b]52;c;cm0=\x07", b"\x1b]8;;http://evil.example\x1b\\", b"\x1b]1337;File=:AAAA\x07",
        b"\x1b]10;?\x07", b"\x1b[c", b"\x1b[>c", b"\x1b[=c", b"\x1b[5n", b"\x1b[6n", b"\x1b[?6n", b"\x1b[x", b"\x1b[21t", b"\x1b[8;999;999t",
        b"\x1b[?25$p", b"\x1b[>q", b"\x1b[?u", b"\x1b[?1000h", b"\x1b[?1004h", b"\x1b[?2004h", b"\x1b[?1l", b"\x1b[?1;2004h", b"\x1bZ", b"\x05",
        b"\x1bP$qm\x1b\\", b"\x1bP+q544e\x1b\\", b"\x1bPq#0;2;0;0;0~-\x1b\\", b"\x1b_Gf=100;AAAA\x1b\\", b"\x1b^x\x1b\\", b"\x1bXx\x1b\\",
        b"\x07" * 1000, b"\x1b[99999999b", b"\x1b[" + b"1;" * 100 + b"m", "\x9d52;c;x\x9c".encode(), "\x9b6n".encode(), "\x90$qm\x9c".encode(),
        b"\x1b]52;c;\xc2\xa0x\x07", b"\x1b]0;t\x18", b"\x1b[5i", b"\x1b#8", b"\x1b%G", b"\x1bn", b"\x1b[!p\x1b[61\"p",
    ],
)  # fmt: skip
def test_what_does_more_than_draw_is_not(sent: bytes) -> None:
    assert Sanitiser().feed(b"a" + sent + b"z") == "az"
    clean = Sanitiser()
    assert "".join(clean.feed(bytes([byte])) for byte in b"a" + sent + b"z") == "az"


def test_of_several_modes_those_that_draw_are_kept() -> None:
    assert Sanitiser().feed(b"\x1b[?1;25;2004h") == "\x1b[?25h"
    assert Sanitiser().feed("\x9b31m".encode()) == "\x1b[31m"


def test_a_string_that_nothing_ends_hides_its_line_and_takes_no_memory() -> None:
    clean = Sanitiser()
    assert clean.feed(b"a\x1b]52;c;") == "a"
    for _ in range(100):
        assert clean.feed(b"x" * LONGEST) == ""
    assert clean.pending > 100 * LONGEST
    assert clean.feed(b"y\nafter") == "\nafter"
    assert clean.pending == 0


BROKEN = "\N{REPLACEMENT CHARACTER}"
PIECES = st.sampled_from(
    [b"\x1b", b"\x1b[", b"[", b"\x1b]", b"\x1bP", b"\xc2", b"\xc2\x9b", b"\x9b", b"\xc2\x9d", b"\xc2\x9c", b"\xe2\x80", b"\xae", b"52;c;", b"?1004h", b"6n", b"1;2H", b"31m", b"c", b"\x07", b"\x1b\\", b"\\", b"\n", b"\r", b"\x18", b"ab", "漢é".encode(), b"999999b"]
)  # fmt: skip
HOSTILE = st.lists(PIECES | st.binary(max_size=4), max_size=40).map(b"".join)


@given(HOSTILE)
@example(b"\xc2\x1b[6n\x9b6n")
@example(b"\x1b\x1b]x\x07[6n")
@example(b"\x1b[\x1b[m6n")
@example(b"\x1b]0;\x1b\x1b[c")
def test_nothing_comes_through_but_what_is_known_to_draw(sent: bytes) -> None:
    played = Sanitiser().feed(sent)
    assert not ACTS.search(LETS_THROUGH.sub("", played).replace("\x0e", "").replace("\x0f", ""))
    assert "\x1b" not in LETS_THROUGH.sub("", played)


@given(HOSTILE, st.lists(st.integers(0, 200), max_size=6))
def test_pieces_may_end_anywhere(sent: bytes, cuts: list[int]) -> None:
    clean, places = Sanitiser(), [0, *sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    fed = "".join(clean.feed(sent[a:b]) for a, b in pairwise(places))
    assert fed + clean.feed(b"\n") == Sanitiser().feed(sent + b"\n")


@given(HOSTILE)
def test_what_is_pending_is_where_one_can_begin_again(sent: bytes) -> None:
    first, second = Sanitiser(), Sanitiser()
    played = first.feed(sent)
    cut = len(sent) - first.pending
    again = played + second.feed(sent[cut:] + b"\n")
    assert again.replace(BROKEN, "") == Sanitiser().feed(sent + b"\n").replace(BROKEN, "")
