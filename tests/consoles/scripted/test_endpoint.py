import asyncio
import os

import pytest

from consoles.drivers.base import BAD_URL, Host, Trouble
from consoles.drivers.scripted.endpoint import open_scripted
from consoles.drivers.scripted.scripts import SCRIPTS
from tests.consoles.scripted.terminal import PATIENCE, at


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (
            "scripted://no-such/web-1",
            "there is no script 'no-such'; the scripts are linux-login, emergency, grub",
        ),
        ("scripted:///web-1", "there is no script ''"),
        ("scripted://linux-login/a%1b[2J", "is no name of a machine"),
        ("scripted://linux-login/web-1?sped=2", "there is no option 'sped'; the options are chunk, rate"),
        ("scripted://linux-login/web-1?speed=fast", "speed='fast' is no number"),
        ("scripted://linux-login/web-1?rate=-1", "rate='-1' is out of range"),
        ("scripted://linux-login/web-1?speed=nan", "out of range"),
        ("scripted://grub/web-1?system=plan9", "system='plan9' is none of debian, ubuntu, rhel"),
    ],
)
async def test_it_says_what_is_wrong_with_a_url(url: str, sentence: str) -> None:
    with pytest.raises(Trouble, match=BAD_URL) as trouble:
        await open_scripted(url, Host())
    assert trouble.value.code == BAD_URL
    assert sentence in trouble.value.reason


@pytest.mark.parametrize("script", SCRIPTS)
async def test_every_script_opens_at_once_as_a_descriptor_that_never_blocks(script: str) -> None:
    endpoint = await open_scripted(f"scripted://{script}/web-1", Host())
    assert not os.get_blocking(endpoint.fd)
    assert endpoint.can.breaks
    assert endpoint.can.modem
    assert not endpoint.can.size
    endpoint.close()


async def test_it_leaves_no_task_and_no_descriptor_behind() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for script in SCRIPTS:
        async with at(f"scripted://{script}/web-1?speed=0"):
            await asyncio.sleep(0)
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(os.listdir("/proc/self/fd")) == before
    assert [task for task in asyncio.all_tasks() if task.get_name() == "web-1"] == []


async def test_a_script_that_fails_ends_the_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def failing(self: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(SCRIPTS["silent"], "run", failing)
    endpoint = await open_scripted("scripted://silent/web-1", Host())
    for _ in range(3):
        await asyncio.sleep(0)
    assert os.read(endpoint.fd, 10) == b""
    assert "The script silent failed." in caplog.text
    endpoint.close()


async def test_echo_gives_every_byte_back() -> None:
    every = bytes(range(256)) * 400
    async with at("scripted://echo/any") as line:
        await line.type_all(every)
        async with asyncio.timeout(PATIENCE):
            while len(line._read) < len(every):
                await asyncio.sleep(0)
        assert line._read == every


async def test_a_sequence_misses_no_number() -> None:
    async with at("scripted://sequence/any?speed=50") as line:
        assert [int(await line.until("\r\n")) for _ in range(40)] == list(range(40))


async def test_a_flood_is_numbered_and_its_lines_are_of_one_length() -> None:
    async with at("scripted://flood/any") as line:
        lines = [await line.until("\r\n") for _ in range(3000)]
    assert {len(one) for one in lines} == {len(lines[0])}
    assert [int(one[:12]) for one in lines] == list(range(3000))


async def test_a_flood_nobody_reads_waits() -> None:
    endpoint = await open_scripted("scripted://flood/any", Host())
    for _ in range(200):
        await asyncio.sleep(0)
    port = endpoint._guest.port  # type: ignore[attr-defined]
    assert 0 < len(port._out) <= 64 * 1024
    endpoint.close()


async def test_a_flood_in_chunks_keeps_its_rate() -> None:
    loop = asyncio.get_running_loop()
    async with at("scripted://flood/any?rate=50000&chunk=100") as line:
        await line.until("000000000000")
        began = loop.time()
        await line.until("000000000200")
        seconds = loop.time() - began
    assert 0.2 < seconds < PATIENCE


async def test_what_nobody_takes_from_a_slow_line_is_bounded_too() -> None:
    async with at("scripted://linux-login/web-1?speed=100&rate=20000000") as line:
        await line.log_in()
        await line.say("yes", "y\r\ny\r\n")
        port = line.endpoint._guest.port  # type: ignore[attr-defined]
        loop = asyncio.get_running_loop()
        loop.remove_reader(line.endpoint.fd)
        before = -1
        async with asyncio.timeout(PATIENCE):
            while before != (before := len(port._out)) or not port._waiting:
                await asyncio.sleep(0.02)
        assert len(port._out) <= 2 * port._room
