"""What a guest's agent may answer that no honest one would: the other end of its channel is the guest."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from portal.machines.base import AGENT_SILENT, GONE, REFUSED, Facts, Failed
from portal.machines.qemu import agent_link
from portal.machines.qemu.agent import QemuAgent

Answer = Callable[[str], bytes]


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[QemuAgent]:
    """An agent that greets as it should, then sends what `answer(command)` gives."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            asked = json.loads(line.lstrip(b"\xff"))
            if asked["execute"] == "guest-sync-delimited":
                number = json.dumps({"return": asked["arguments"]["id"]}).encode()
                writer.write(b'{"return": "late"}\n\xff' + number + b"\n")
            else:
                writer.write(answer(asked["execute"]))
        writer.close()

    with TemporaryDirectory(prefix="hpq-") as folder:
        async with await asyncio.start_unix_server(serve, f"{folder}/agent.sock"):
            yield QemuAgent(Path(folder) / "agent.sock")


def returning(value: object) -> Answer:
    return lambda _: json.dumps({"return": value}).encode() + b"\n"


async def test_an_answer_that_nobody_waited_for_is_passed_over() -> None:
    async with answering(returning({})) as agent:
        await agent.ping()


@pytest.mark.parametrize("nonsense", [None, 7, "x", [], [[]], [{}], {}, {"ip-addresses": 1}])
async def test_facts_of_any_form_are_taken(nonsense: object) -> None:
    async with answering(returning(nonsense)) as agent:
        assert await agent.facts() == Facts()


async def test_what_an_agent_does_not_tell_is_left_empty() -> None:
    unknown = b'{"error": {"class": "CommandNotFound", "desc": "The command has not been found"}}\n'
    named = returning({"host-name": "web-1"})
    async with answering(lambda asked: named(asked) if asked == "guest-get-host-name" else unknown) as agent:
        assert await agent.facts() == Facts(host_name="web-1")


async def test_facts_are_short_printable_and_few() -> None:
    addresses = [{"ip-address": f"10.0.0.{number}"} for number in range(100)]
    said = {
        "guest-get-osinfo": {"pretty-name": "\x1b[31m<b>" + "x" * 9999, "kernel-release": ["a"]},
        "guest-get-host-name": {"host-name": "web\n1"},
        "guest-network-get-interfaces": [
            {"name": "lo", "ip-addresses": [{"ip-address": "127.0.0.1"}, {"ip-address": "::1"}]},
            {"name": "e\x00th0", "ip-addresses": [{"ip-address": "<script>"}, *addresses]},
        ],
    }
    async with answering(lambda command: returning(said[command])(command)) as agent:
        facts = await agent.facts()
    assert facts.os_name.startswith("[31m<b>xxx")
    assert len(facts.os_name) == 100
    assert facts.host_name == "web1"
    assert len(facts.addresses) == 32
    assert facts.addresses[0] == ("eth0", "10.0.0.0")


@pytest.mark.parametrize(
    "answer", [b"no JSON\n", b"[]\n", b'{"error": 5}\n', b'{"error": {"desc": "\x1b"}}\n', b"\xff\xfe\n"]
)
async def test_an_answer_that_is_none_is_a_refusal(answer: bytes) -> None:
    async with answering(lambda _: answer) as agent:
        with pytest.raises(Failed) as failed:
            await agent.ping()
        assert failed.value.code == REFUSED


async def test_an_answer_without_an_end_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_link, "LARGEST", 1000)
    async with answering(lambda _: b"x" * 100_000) as agent:
        with pytest.raises(Failed) as failed:
            await agent.ping()
        assert failed.value.code == REFUSED


async def test_a_command_that_printed_more_than_is_read_is_said_to_be_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agent_link, "LARGEST", 1000)
    said = {"guest-exec": {"pid": 5}, "guest-exec-status": {"exited": True, "out-data": "A" * 5000}}
    async with answering(lambda command: returning(said[command])(command)) as agent:
        ran = await agent.run("/bin/yes", [])
    assert (ran.status, ran.cut) == (None, True)


async def test_an_agent_that_falls_silent_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_link.Link.ask, "__defaults__", (0.2,))
    async with answering(lambda _: b"") as agent:
        with pytest.raises(Failed) as failed:
            await agent.ping()
        assert failed.value.code == AGENT_SILENT


async def test_a_channel_that_nobody_serves_is_told_of() -> None:
    with pytest.raises(Failed) as failed:
        await QemuAgent(Path("/nowhere/agent.sock")).ping()
    assert failed.value.code == GONE


async def test_a_secret_is_written_to_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with answering(returning({})) as agent:
        await agent.set_password("operator", "correct horse")
    assert "correct" not in caplog.text
    assert "Y29ycmVjdCBob3JzZQ" not in caplog.text
