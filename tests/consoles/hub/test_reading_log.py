"""Whoever is on another host reads a line's log through the hub: also of a line that is not held, and nothing but logs."""

from uuid import uuid4

import pytest

from consoles.hub import client
from consoles.record.spool import Spool
from consoles.wire import Op, packed
from tests.consoles.hub.support import Host
from tests.consoles.record.printing import KIB, NOON, fill, text


@pytest.fixture
def line(host: Host) -> str:
    name = str(uuid4())
    spool = Spool(host.settings.spool / name, KIB * KIB)
    fill(spool, 200 * KIB)
    spool.close()
    return name


async def test_its_bytes_are_read_from_any_offset(host: Host, line: str) -> None:
    address, data = host.settings.listening.address, b""
    while len(data) < 200 * KIB:
        offset, more = await client.read_log(address, {"line": line, "offset": len(data), "length": 1 << 40})
        assert offset == len(data)
        data += more
    assert data == text(0, 200 * KIB)
    assert await client.read_log(address, {"line": line, "offset": 200 * KIB, "length": 1}) == (
        200 * KIB,
        b"",
    )


async def test_its_ends_and_its_times_are_told(host: Host, line: str) -> None:
    address = host.settings.listening.address
    assert await client.ask_log(address, {"line": line, "want": "ends"}) == {"start": 0, "end": 200 * KIB}
    told = await client.ask_log(address, {"line": line, "want": "times", "start": 5000, "end": 5001})
    assert told == {"times": [[5000, NOON]]}
    assert await client.ask_log(address, {"line": line, "want": "after", "ms": NOON - 1}) == {"after": 0}
    assert await client.ask_log(address, {"line": line, "want": "after", "ms": NOON * 2}) == {"after": None}


async def test_a_line_that_never_was_has_nothing(host: Host) -> None:
    asked = {"line": str(uuid4()), "want": "ends"}
    assert await client.ask_log(host.settings.listening.address, asked) == {"start": None, "end": 0}


@pytest.mark.parametrize(
    "asked",
    [
        {"line": "../../etc", "want": "ends"},
        {"line": "", "want": "ends"},
        {"want": "ends"},
        {"line": str(uuid4()), "want": "everything"},
        {"line": str(uuid4()), "want": "bytes", "offset": -1, "length": 1},
        {"line": str(uuid4()), "want": "bytes", "offset": 0.5, "length": 1},
        {"line": str(uuid4()), "want": "times", "start": 1 << 64, "end": 1},
    ],
)
async def test_anything_else_is_refused(host: Host, asked: dict[str, object]) -> None:
    link = await client.connect(host.settings.listening.address)
    link.send(Op.LOG, packed(asked))
    assert await link.next() == (Op.REFUSED, packed({"code": "bad_request"}))
    link.close()
