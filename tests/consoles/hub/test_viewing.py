"""A console is a log with a cursor per viewer: nothing missing, nothing twice, nobody waits for anybody."""

import asyncio
import errno
import os

import pytest

from consoles.hub import recording
from consoles.record import segments, spool
from consoles.wire import OFFSETS, Op
from tests.consoles.hub.support import MIB, Host, attached, numbered, until


async def test_it_records_whether_or_not_anybody_watches(host: Host) -> None:
    device, spec = await host.device()
    await device.print(b"booting\r\n")
    await until(lambda: host.hub.report()["lines"][0]["end"] == 9)
    late = await host.viewer(spec)
    await late.reads(b"booting\r\n")


async def test_it_shows_every_viewer_the_same_bytes(host: Host) -> None:
    device, spec = await host.device()
    viewers = [await host.viewer(spec, mode) for mode in ("write", "watch", "watch")]
    sent = numbered(5000)
    await device.print(sent)
    for viewer in viewers:
        await viewer.reads_to(len(sent))
        assert viewer.text == sent


async def test_it_resumes_where_a_viewer_left_off(host: Host) -> None:
    device, spec = await host.device()
    first = await host.viewer(spec)
    await device.print(numbered(100))
    await first.reads_to(1000)
    first.link.close()
    await device.print(numbered(100, start=100))
    second = await host.viewer(spec, **{"from": first.at})
    await second.reads_to(2000)
    assert bytes(first.text + second.text) == numbered(200)


async def test_it_starts_a_short_view_at_the_start_of_a_line(host: Host) -> None:
    device, spec = await host.device()
    await device.print(numbered(1000))
    await until(lambda: host.hub.report()["lines"][0]["end"] == 10_000)
    viewer = await host.viewer(spec, tail=995)
    await viewer.reads_to(10_000)
    assert viewer.text == numbered(99, start=901)
    assert attached(viewer)["live"] == 10_000


async def test_a_viewer_that_fell_out_of_the_window_is_told_what_is_gone(host: Host) -> None:
    device, spec = await host.device(limit=MIB)
    await device.print(numbered(300_000))
    await until(lambda: host.hub.report()["lines"][0]["end"] == 3_000_000)
    viewer = await host.viewer(spec, **{"from": 0})
    await viewer.reads_to(3_000_000)
    gone = viewer.told(Op.GAP)[0]
    assert gone[0] == 0
    assert bytes(viewer.text) == numbered(300_000)[gone[1] :]


async def test_a_viewer_that_reads_nothing_delays_nobody(host: Host) -> None:
    device, spec = await host.device()
    await host.viewer(spec, "watch")
    brisk = await host.viewer(spec, "watch")
    sent = numbered(400_000)
    printing = asyncio.create_task(device.print(sent))
    await brisk.reads_to(len(sent))
    await printing
    assert brisk.text == sent


async def test_a_key_brings_somebody_far_behind_to_the_present(host: Host) -> None:
    device, spec = await host.device()
    viewer = await host.viewer(spec)
    sent = numbered(400_000)
    await device.print(sent)
    await until(lambda: host.hub.report()["lines"][0]["end"] == len(sent))
    viewer.type(b"\x03")
    await device.hears(b"\x03")
    await viewer.reads_to(len(sent))
    skipped = viewer.told(Op.SKIP)[0]
    assert skipped[1] - skipped[0] > MIB
    assert bytes(viewer.text).endswith(sent[skipped[1] :])


async def test_a_reader_of_the_log_at_its_own_pace_is_not_brought_anywhere(host: Host) -> None:
    device, spec = await host.device()
    viewer = await host.viewer(spec)
    await device.print(numbered(50_000))
    viewer.type(b"x")
    await viewer.reads_to(500_000)
    assert viewer.told(Op.SKIP) == []


async def test_it_answers_pings(host: Host) -> None:
    _, spec = await host.device()
    viewer = await host.viewer(spec, "watch")
    viewer.send(Op.PING, b"\0\0\0\7")
    assert await viewer.until(Op.PONG) == b"\0\0\0\7"


async def test_offsets_go_on_in_a_hub_that_was_started_again(host: Host) -> None:
    device, spec = await host.device()
    await device.print(numbered(100))
    await until(lambda: host.hub.report()["lines"][0]["end"] == 1000)
    await host.hub.want([])
    await until(lambda: not device.connected.is_set())
    await host.hub.want([spec])
    await device.print(numbered(100, start=100))
    viewer = await host.viewer(spec, **{"from": 0})
    await viewer.reads_to(2000)
    assert viewer.text == numbered(200)


async def test_whoever_was_not_there_is_shown_the_end_of_a_long_log(host: Host) -> None:
    device, spec = await host.device()
    size = 2 * MIB
    await device.print(b"#" * size)
    await until(lambda: host.hub.report()["lines"][0]["end"] == size)
    viewer = await host.viewer(spec, "watch", far=False, **{"from": 7})
    assert await viewer.until(Op.SKIP) == (7, size - MIB)
    await viewer.reads_to(size)
    assert len(viewer.text) == MIB
    back = await host.viewer(spec, "watch", far=False, **{"from": size - 100})
    await back.reads_to(size)
    assert (len(back.text), back.told(Op.SKIP)) == (100, [])


async def test_whoever_was_there_goes_on_however_far_behind(host: Host) -> None:
    device, spec = await host.device()
    await device.print(b"#" * 2 * MIB)
    await until(lambda: host.hub.report()["lines"][0]["end"] == 2 * MIB)
    viewer = await host.viewer(spec, "watch", **{"from": 7})
    await viewer.reads_to(2 * MIB)
    assert (len(viewer.text), viewer.told(Op.SKIP)) == (2 * MIB - 7, [])


def test_gaps_are_two_offsets() -> None:
    assert OFFSETS.size == 16


async def test_a_full_disk_stops_the_recording_and_never_the_line(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "AGAIN", 0.05)
    monkeypatch.setattr(spool, "RETRY", 20)
    device, spec = await host.device()
    viewer = await host.viewer(spec)
    await device.print(b"kept\r\n")
    await viewer.reads(b"kept\r\n")

    def refuse(self: object, offset: int, data: bytes, now_ms: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr(segments.Segments, "append", refuse)
        full.setattr(segments.Segments, "fill", refuse)
        await device.print(b"shown\r\n")
        line = await viewer.until(Op.LINE, lambda told: not told["recording"])
        assert line["trouble"] == "No space left on device"
        await viewer.reads(b"shown\r\n")
    await viewer.until(Op.LINE, lambda told: told["recording"])
    late = await host.viewer(spec)
    await late.reads(b"kept\r\nshown\r\n")
