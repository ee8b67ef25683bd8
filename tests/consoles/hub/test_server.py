"""The hub's door: what may come in, and what anything else does (nothing)."""

import asyncio
import contextlib
import os
import stat
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consoles.hub import client
from consoles.wire import HEADER, MAX_FRAME, Op, frame, packed, unpacked
from tests.consoles.hub.support import Host, running, until


async def test_only_its_owner_can_connect(host: Host) -> None:
    path = host.settings.listening.path
    assert path
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


@pytest.mark.parametrize(("user", "so"), [(os.geteuid(), True), (0, True), (4242, False)])
async def test_what_listens_there_for_another_account_is_no_hub(
    host: Host, monkeypatch: pytest.MonkeyPatch, user: int, so: bool
) -> None:
    address = host.settings.listening.address
    assert (await client.ask(address))["lines"] == []
    peer = SimpleNamespace(unpack=lambda told: (1, user, user), size=client.PEER.size)
    monkeypatch.setattr(client, "PEER", peer)
    with contextlib.nullcontext() if so else pytest.raises(client.HubGone, match="somebody else"):
        await client.ask(address)


@pytest.mark.parametrize("address", ["tls://host:port", "tls://:0", "x", "unix://", "tls://[", "unix://a\0b"])
async def test_an_address_that_is_none_is_a_hub_that_is_gone(address: str) -> None:
    with pytest.raises(client.HubGone):
        await client.connect(address)


async def test_it_refuses_a_line_it_does_not_hold(host: Host) -> None:
    link = await client.connect(host.settings.listening.address)
    link.send(Op.ATTACH, packed({"line": "nothing", "mode": "watch"}))
    op, payload = await link.next()
    assert (op, unpacked(payload)) == (Op.REFUSED, {"code": "no_line"})
    link.close()


async def test_it_refuses_to_do_anything_for_somebody_who_is_not_attached(host: Host) -> None:
    device, spec = await host.device()
    link = await client.connect(host.settings.listening.address)
    link.send(Op.KEYS, b"rm -rf /\r")
    op, payload = await link.next()
    assert (op, unpacked(payload)) == (Op.REFUSED, {"code": "bad_request"})
    link.close()
    assert bytes(device.heard) == b""


async def test_it_reports_its_lines(host: Host) -> None:
    _, spec = await host.device()
    await host.viewer(spec, name="Ada")
    line = (await client.ask(host.settings.listening.address))["lines"][0]
    assert (line["id"], line["state"], line["viewers"]) == (spec.id, "up", 1)
    assert line["writer"]["name"] == "Ada"


async def test_a_frame_of_impossible_length_ends_the_connection(host: Host) -> None:
    link = await client.connect(host.settings.listening.address)
    link._writer.write(HEADER.pack(MAX_FRAME + 1, Op.ATTACH))
    op, payload = await link.next()
    assert (op, unpacked(payload)["code"]) == (Op.REFUSED, "bad_request")
    link.close()


async def test_deeply_nested_json_is_refused(host: Host) -> None:
    _, spec = await host.device()
    viewer = await host.viewer(spec)
    viewer.send(Op.TAKE, b'{"from":' + b"[" * 30_000)
    assert (await viewer.until(Op.REFUSED))["code"] == "bad_request"
    assert (await client.ask(host.settings.listening.address))["lines"]


async def test_a_viewer_that_ends_its_session_is_gone_from_the_presence(host: Host) -> None:
    _, spec = await host.device()
    stays, goes = await host.viewer(spec), await host.viewer(spec, "watch")
    goes.link.close()
    await stays.until(Op.PRESENCE, lambda told: len(told["people"]) == 1)


async def test_a_viewer_that_takes_nothing_is_let_go_of_before_what_it_is_told_fills_the_memory(
    host: Host,
) -> None:
    _, spec = await host.device()
    other, stuck = await host.viewer(spec), await host.viewer(spec)
    with contextlib.suppress(ConnectionError):
        for _ in range(8):
            for _ in range(1000):
                stuck.say(Op.TAKE, **{"from": "nobody"})
            await stuck.link._writer.drain()
    await other.until(Op.PRESENCE, lambda told: len(told["people"]) == 2)
    await other.until(Op.PRESENCE, lambda told: len(told["people"]) == 1)
    assert host.hub.count() == (1, 1)


async def test_an_act_that_changes_nothing_is_told_to_nobody_else(host: Host) -> None:
    _, spec = await host.device()
    ada, bob = await host.viewer(spec), await host.viewer(spec)
    await ada.until(Op.PRESENCE, lambda told: len(told["people"]) == 2)
    bob.say(Op.TAKE, **{"from": "nobody"})
    assert (await bob.until(Op.NOTICE))["kind"] == "changed"
    ada.send(Op.PING, b"1234")
    before = len(ada.frames)
    await ada.until(Op.PONG)
    assert len(ada.frames) == before + 1


async def test_draining_tells_every_viewer(host: Host) -> None:
    _, spec = await host.device()
    viewer = await host.viewer(spec)
    draining = asyncio.create_task(host.hub.drain())
    assert (await viewer.until(Op.REFUSED))["code"] == "draining"
    await draining


FRAMES = st.one_of(
    st.binary(max_size=60),
    st.builds(frame, st.sampled_from(list(Op)), st.binary(max_size=40)),
    st.builds(
        frame,
        st.sampled_from([Op.TAKE, Op.HAND, Op.ATTACH]),
        st.recursive(
            st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)
        ).map(packed),
    ),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FRAMES, max_size=12), st.booleans())
def test_no_bytes_whatever_stop_the_hub(said: list[bytes], attached_first: bool) -> None:
    asyncio.run(_say_anything(said, attached_first))


async def _say_anything(said: list[bytes], attached_first: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="hub-") as folder:
        async with running(Path(folder)) as host:
            _, spec = await host.device()
            if attached_first:
                link = (await host.viewer(spec)).link
            else:
                link = await client.connect(host.settings.listening.address)
            for data in said:
                link._writer.write(data)
            link.close()
            await until(lambda: host.hub.report()["viewers"] == 0)
            assert host.hub.report()["lines"][0]["state"] == "up"
