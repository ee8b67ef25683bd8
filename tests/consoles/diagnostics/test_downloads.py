"""The log as a file: plain, raw, or with its timing."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from accounts import actions
from accounts.models import AuditEntry
from consoles.diagnostics import files
from consoles.diagnostics.links import make_link
from consoles.kept.log import log_of
from consoles.models import KeyboardAct
from portal.fleet.models import StorageAccount
from tests.consoles.diagnostics.conftest import BEGAN, Printed
from tests.consoles.live.sessions import session
from tests.world import World

ClientOf = Callable[[str], Client]
COLOURED = b"\x1b[31mred\x1b[0m\r\n"


def fetch(client: Client, world: World, **query: Any) -> Any:
    answer = client.get(f"{world.vm.get_absolute_url()}log/download/", query)
    assert answer.status_code == 200, answer.content
    return answer


def test_plain_is_text_alone(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(COLOURED, b"done\r\n")
    answer = fetch(client_of("auditor"), world, form="plain")
    assert answer.getvalue() == b"red\ndone\n"
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert 'attachment; filename="web-1-' in answer["Content-Disposition"]


def test_raw_is_every_byte(world: World, client_of: ClientOf, printed: Printed) -> None:
    everything = bytes(range(256)) * 5000
    printed(everything)
    answer = fetch(client_of("auditor"), world, form="raw")
    assert answer.getvalue() == everything
    assert answer["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_an_asciicast_has_the_timing(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(b"one\r\n", b"two\r\n")
    lines = fetch(client_of("auditor"), world, form="cast").getvalue().decode().splitlines()
    assert json.loads(lines[0])["timestamp"] == BEGAN // 1000
    assert [json.loads(line) for line in lines[1:]] == [[0, "o", "one\r\n"], [1, "o", "two\r\n"]]


def test_an_asciicast_has_what_happened_for_whoever_reads_and_not_for_whoever_has_a_link(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"one\r\n", b"two\r\n")
    came = datetime.fromtimestamp(BEGAN / 1000 + 0.5, UTC)
    who = session(world, "contributor", started_at=came)
    KeyboardAct.objects.create(session=who, line_id=who.line_id, at=came, kind="break", how="sent")
    lines = fetch(client_of("auditor"), world, form="cast").getvalue().decode().splitlines()
    marks = [json.loads(line)[2] for line in lines[1:] if '"m"' in line]
    assert marks == ["contributor attached", "contributor sent a BREAK"]
    _link, text = make_link(
        by=world.principal("auditor"), vm=world.vm, port=world.vm.ports.get(), form="cast", minutes=5
    )
    assert b"contributor" not in Client().get(f"/log/{text}/").getvalue()


def test_a_stretch_can_be_had(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(b"one\r\ntwo\r\nthree\r\n")
    assert fetch(client_of("auditor"), world, form="raw", start=5, end=10).getvalue() == b"two\r\n"


def test_a_plain_file_says_what_is_missing(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(*[b"filler\r\n" * 4000] * 20, limit=128 * 1024)
    start = log_of(world.vm.ports.get().line_id).start
    assert start > 0
    told = fetch(client_of("auditor"), world, form="plain").getvalue().decode().splitlines()
    assert told[0] == f"[{start} bytes are not kept any more]"


def test_each_download_is_audited(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(b"one\r\n")
    for form in ("plain", "raw"):
        fetch(client_of("auditor"), world, form=form)
    assert client_of("owner").get(f"{world.vm.get_absolute_url()}log/download/?form=raw").status_code == 403
    entries = AuditEntry.objects.filter(action=actions.LOG_READ).order_by("seq")
    told = [(one.principal_name, one.outcome, one.details.get("download")) for one in entries]
    assert told == [
        ("auditor", "succeeded", "plain"),
        ("auditor", "succeeded", "raw"),
        ("owner", "refused", None),
    ]


def test_an_unknown_form_is_refused(world: World, client_of: ClientOf, printed: Printed) -> None:
    assert client_of("auditor").get(f"{world.vm.get_absolute_url()}log/download/?form=exe").status_code == 400


def test_a_long_one_is_broken_off_when_the_right_ends() -> None:
    asked: list[int] = []

    def still() -> bool:
        asked.append(1)
        return len(asked) < 3

    taken = []
    with pytest.raises(ConnectionAbortedError):
        for piece in files.while_allowed(iter([bytes(1024 * 1024)] * 100), still):
            taken.append(piece)
    assert len(taken) == 14


def test_one_is_broken_off_when_network_rules_shut_its_reader_out(
    world: World, client_of: ClientOf, printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "ASKED_EVERY", 1)
    printed(b"x" * 600_000)
    pieces = iter(fetch(client_of("auditor"), world, form="raw"))
    assert next(pieces)
    assert next(pieces)
    StorageAccount.objects.update(default_action="Deny")
    with pytest.raises(ConnectionAbortedError):
        next(pieces)


@pytest.mark.django_db(transaction=True)
def test_it_comes_piece_by_piece_where_it_is_served_asynchronously(
    world: World, client_of: ClientOf, printed: Printed
) -> None:

    printed(b"x" * 600_000)
    session = client_of("auditor").cookies

    async def pieces() -> list[int]:
        client = AsyncClient()
        client.cookies = session
        answer = await client.get(f"{world.vm.get_absolute_url()}log/download/?form=raw")
        assert answer.is_async
        return [len(piece) async for piece in answer.streaming_content]

    counts = async_to_sync(pieces)()
    assert sum(counts) == 600_000
    assert len(counts) > 1
