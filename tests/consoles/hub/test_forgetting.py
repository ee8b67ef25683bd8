"""Said by a job, FORGET takes what a line printed before an offset off the hub's disk, exactly, while the line goes on."""

from pathlib import Path
from uuid import uuid4

import pytest

from consoles.hub import client
from consoles.hub.spec import LineSpec
from consoles.record.spool import Spool
from consoles.wire import Op
from tests.consoles.hub.support import Host, until

KIB = 1024
LINE = b"%063d\n"


def lines(first: int, count: int) -> bytes:
    return b"".join(LINE % number for number in range(first, first + count))


async def printed(host: Host, count: int) -> tuple[LineSpec, str]:
    device, spec = await host.device()
    await device.print(lines(0, count))
    log = host.hub.held(spec.id)
    assert log
    await until(lambda: log.recording.end == 64 * count)
    return spec, host.settings.listening.address


@pytest.mark.parametrize("before", [1, 64 * 10, 64 * 100 - 1, 64 * 100])
async def test_a_line_that_is_being_written_is_cut_there(host: Host, before: int) -> None:
    spec, address = await printed(host, 100)
    assert await client.forget(address, spec.id, before) == before
    kept = b"".join(path.read_bytes() for path in (host.settings.spool / spec.id).glob("*.log"))
    assert kept == lines(0, 100)[before:]
    await host.devices[0].print(b"and goes on")
    seen = await host.viewer(spec, mode="watch", **{"from": 0})
    await seen.reads(b"and goes on")
    assert seen.told(Op.GAP) == [(0, before)]
    assert seen.text == lines(0, 100)[before:] + b"and goes on"


async def test_offsets_are_not_given_out_again_after_everything_went(host: Host) -> None:
    spec, address = await printed(host, 100)
    await client.forget(address, spec.id, 1 << 40)
    await host.hub.want([])
    again = Spool(host.settings.spool / spec.id, 1 << 20)
    assert (again.start, again.end) == (6400, 6400)


async def test_a_line_that_nobody_holds_any_more_can_be_forgotten(host: Host) -> None:
    line_id = str(uuid4())
    spool = Spool(host.settings.spool / line_id, 1 << 20)
    for number in range(100):
        spool.append(LINE % number, 1_800_000_000_000 + number * 100)
    spool.close()
    assert await client.forget(host.settings.listening.address, line_id, 64 * 30) == 64 * 30
    assert Spool(host.settings.spool / line_id, 1 << 20).read(0, 64).data == LINE % 30
    assert await client.forget(host.settings.listening.address, line_id, 64 * 100) == 64 * 100
    assert Spool(host.settings.spool / line_id, 1 << 20).end == 64 * 100


@pytest.mark.parametrize("line", ["../../etc", "", "x" * 36, "%2e%2e"])
async def test_what_is_no_line_is_refused(host: Host, line: str) -> None:
    with pytest.raises(client.Refused, match="bad_request"):
        await client.forget(host.settings.listening.address, line, 1)


async def test_one_that_never_printed_has_nothing_to_forget_and_gets_no_folder(host: Host) -> None:
    line_id = str(uuid4())
    assert await client.forget(host.settings.listening.address, line_id, 100) == 0
    assert not (host.settings.spool / line_id).exists()


async def test_a_disk_that_refuses_is_told(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    spec, address = await printed(host, 100)

    def refuse(path: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr("os.unlink", refuse)
        with pytest.raises(client.Refused, match="Read-only"):
            await client.forget(address, spec.id, 6400)
    assert await client.forget(address, spec.id, 6400) == 6400


async def test_a_full_segment_is_told_of_once(host: Host, tmp_path: Path) -> None:
    device, spec = await host.device(limit=64 * KIB * 16)
    await device.print(lines(0, 1100))
    log = host.hub.held(spec.id)
    assert log
    await until(lambda: log.recording.end == 64 * 1100)
    assert host.sealed == []
    await device.print(b"the next one")
    await until(lambda: log.recording.end == 64 * 1100 + 12)
    assert host.sealed == ["web-1"]
