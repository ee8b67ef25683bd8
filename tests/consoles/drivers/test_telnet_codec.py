"""The telnet codec against anything a peer can send, however the reads cut it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consoles.drivers.iac import (
    BINARY,
    BRK,
    DO,
    DONT,
    ECHO,
    IAC,
    MOST,
    NAWS,
    SB,
    SE,
    SGA,
    WILL,
    WONT,
    Parser,
    Said,
    command,
    escaped,
    subnegotiation,
)
from consoles.drivers.telnet import Codec

AGREED = command(DO, BINARY) + command(WILL, BINARY)
# what telnet is made of comes often, everything else too
STREAM = st.lists(
    st.one_of(
        st.binary(max_size=8),
        st.sampled_from([bytes((byte,)) for byte in (0, 13, 1, 31, SE, SB, DO, WILL, IAC)]),
    )
).map(b"".join)
CUTS = st.lists(st.integers(0, 200))


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    return [data[start:stop] for start, stop in pairwise(places)]


@given(data=STREAM, cuts=CUTS, binary=st.booleans())
def test_what_one_side_encodes_the_other_decodes_however_it_is_cut(
    data: bytes, cuts: list[int], binary: bool
) -> None:
    here, there = Codec(), Codec()
    if binary:
        assert here.decoded(AGREED) == there.decoded(AGREED) == b""
    sent = b"".join(here.encoded(piece) for piece in pieces(data, cuts))
    assert b"".join(there.decoded(piece) for piece in pieces(sent, cuts)) == data
    assert there.said == b""


@given(data=STREAM, cuts=CUTS)
def test_any_stream_is_taken_apart_the_same_however_it_is_cut(data: bytes, cuts: list[int]) -> None:
    whole, cut = Codec(), Codec()
    printed = whole.decoded(data)
    assert b"".join(cut.decoded(piece) for piece in pieces(data, cuts)) == printed
    assert cut.said == whole.said
    assert len(printed) <= len(data)


@given(data=STREAM)
def test_answers_are_never_more_than_what_was_said(data: bytes) -> None:
    codec = Codec()
    codec.decoded(data)
    assert len(codec.said) <= len(data)


@given(data=STREAM)
def test_two_codecs_that_talk_to_each_other_fall_silent(data: bytes) -> None:
    here, there = Codec(), Codec()
    here.decoded(data)
    here.said, there.said = here.said + here.offers(), there.offers()
    for _ in range(4):
        said, here.said = here.said, b""
        there.decoded(said)
        said, there.said = there.said, b""
        here.decoded(said)
    assert here.said == there.said == b""


@given(chunks=st.lists(st.binary(min_size=1, max_size=300), max_size=30))
def test_a_subnegotiation_without_an_end_is_given_up(chunks: list[bytes]) -> None:
    parser = Parser()
    parser.feed(bytes((IAC, SB, NAWS)))
    for chunk in chunks:
        parser.feed(chunk)
        assert len(parser._content or b"") <= MOST
    parser.feed(bytes((IAC, SE)) + b"x" * (MOST + 10))
    assert parser.feed(b"login: ")[-1] == b"login: "


def test_the_line_comes_back_after_a_subnegotiation_that_never_ends() -> None:
    codec = Codec()
    codec.decoded(bytes((IAC, SB, 24)) + b"x" * MOST)
    assert codec.decoded(b"login: ").endswith(b"login: ")


def test_a_subnegotiation_holds_doubled_bytes() -> None:
    content = bytes((0, IAC, 0, SE))
    assert Parser().feed(b"a" + subnegotiation(NAWS, content) + b"b") == [
        b"a",
        Said(SB, bytes((NAWS,)) + content),
        b"b",
    ]
    assert escaped(content).count(IAC) == 2


def test_return_and_nul_are_one_key_until_eight_bits_are_agreed() -> None:
    codec = Codec()
    assert codec.encoded(b"ls\r") == b"ls\r\0"
    assert codec.decoded(b"a\r") + codec.decoded(b"\0b\r\n\0") == b"a\rb\r\n\0"
    codec.decoded(AGREED)
    assert codec.encoded(b"ls\r") == b"ls\r"
    assert codec.decoded(b"a\r\0") == b"a\r\0"


@pytest.mark.parametrize(
    ("heard", "answer"),
    [
        (command(WILL, ECHO), command(DO, ECHO)),
        (command(DO, ECHO), command(WONT, ECHO)),
        (command(WILL, SGA), b""),  # asked for by the offers
        (command(DO, BINARY), b""),
        (command(DO, NAWS), b""),
        (command(DO, 24), command(WONT, 24)),
        (command(WILL, 200), command(DONT, 200)),
        (command(WONT, 200), b""),
        (command(DONT, 24), b""),
        (bytes((IAC, BRK)), b""),
    ],
)
def test_what_is_understood_is_agreed_to_and_the_rest_refused_once(heard: bytes, answer: bytes) -> None:
    codec = Codec()
    codec.decoded(heard)
    assert codec.said == answer
    codec.decoded(heard)
    assert codec.said == answer


def test_an_option_taken_back_is_let_go_of() -> None:
    codec = Codec()
    codec.decoded(command(WILL, ECHO) + command(WONT, ECHO))
    assert codec.said == command(DO, ECHO) + command(DONT, ECHO)
