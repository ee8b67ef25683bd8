"""A machine with several serial ports: each has a log of its own, and page, search, downloads, links and replay speak of the one that was chosen."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from consoles.models import ConsoleSession, LineArchive, LogLink
from consoles.record.spool import Spool
from portal.fleet.models import SerialPort
from tests.consoles.diagnostics.conftest import BEGAN, MIB
from tests.consoles.live.sessions import session
from tests.world import World

ClientOf = Callable[[str], Client]


@pytest.fixture
def second(world: World, tmp_path: Path, settings: Any) -> SerialPort:
    """Both ports of web-1 have printed, each what its number is."""
    settings.SPOOL = tmp_path
    made = SerialPort.objects.create(vm=world.vm, number=1, url="loop://")
    for port in world.vm.ports.all():
        spool = Spool(tmp_path / str(port.line_id), 16 * MIB)
        spool.append(b"port %d\r\n" % port.number, BEGAN)
        spool.close()
    return made


def shown(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return " ".join(answer.content.decode().split())


def test_a_port_is_chosen_where_there_are_several(
    world: World, client_of: ClientOf, second: SerialPort
) -> None:
    auditor, url = client_of("auditor"), world.vm.boot_diagnostics_url
    first = shown(auditor, url)
    assert 'data-port="0"' in first
    assert "COM1 / ttyS0</a>" in first
    assert "COM2 / ttyS1</a>" in first
    other = shown(auditor, f"{url}?port=1")
    assert 'data-port="1"' in other
    for path in ("replay/?port=1", "log/links/?port=1", "download/?form=cast&amp;port=1"):
        assert path in other
    second.delete()
    assert "ttyS0</a>" not in shown(auditor, url)
    assert auditor.get(f"{url}?port=1").status_code == 404
    assert auditor.get(f"{url}?port=one").status_code == 404


def test_one_that_is_off_is_there_for_what_it_printed(
    world: World, client_of: ClientOf, second: SerialPort
) -> None:
    SerialPort.objects.filter(id=second.id).update(enabled=False)
    auditor, url = client_of("auditor"), world.vm.boot_diagnostics_url
    assert "ttyS1" not in shown(auditor, url)
    LineArchive.objects.create(line_id=second.line_id, tenant=world.contoso, host="local", spool_end=8)
    assert "ttyS1" in shown(auditor, url)


def test_a_machine_whose_first_port_has_another_number_shows_that(
    world: World, client_of: ClientOf, second: SerialPort
) -> None:
    world.vm.ports.filter(number=0).delete()
    auditor, url = client_of("auditor"), world.vm.get_absolute_url()
    assert 'data-port="1"' in shown(auditor, world.vm.boot_diagnostics_url)
    assert auditor.get(f"{url}log/").json()["rows"][0]["text"] == "port 1"


def test_log_search_download_and_replay_are_of_that_port(
    world: World, client_of: ClientOf, second: SerialPort
) -> None:
    auditor, url = client_of("auditor"), world.vm.get_absolute_url()
    for number in (0, 1):
        words = f"port {number}"
        assert auditor.get(f"{url}log/?port={number}").json()["rows"][0]["text"] == words
        assert auditor.get(f"{url}log/search/?words={words}&port={number}").json()["hits"] == [[0, 0]]
        assert auditor.get(f"{url}log/search/?words={words}&port={1 - number}").json()["hits"] == []
        download = auditor.get(f"{url}log/download/?form=plain&port={number}")
        assert download.getvalue().decode() == f"{words}\n"
        assert auditor.get(f"{url}replay/find/?words={words}&port={number}").json()["hits"]
        assert not auditor.get(f"{url}replay/find/?words={words}&port={1 - number}").json()["hits"]


def test_whoever_was_at_another_port_is_no_moment_of_this_one(
    world: World, client_of: ClientOf, second: SerialPort
) -> None:
    for number, person in ((0, "contributor"), (1, "watcher")):
        port = world.vm.ports.get(number=number)
        ConsoleSession.objects.create(
            tenant=world.contoso,
            vm=world.vm,
            port_number=number,
            line_id=port.line_id,
            scope=world.vm.scope,
            vm_name=world.vm.name,
            principal_kind="User",
            principal_id=world.people[person].id,
            principal_name=person,
            via="page",
            mode="write",
        )
    rows = client_of("auditor").get(f"{world.vm.get_absolute_url()}log/?port=1").json()["rows"]
    assert [row["who"] for row in rows if row["kind"] == "moment"] == ["watcher"]


def test_a_link_gives_the_port_it_was_made_for(world: World, client_of: ClientOf, second: SerialPort) -> None:
    url = f"{world.vm.get_absolute_url()}log/links/?port=1"
    page = client_of("auditor").post(url, {"form": "plain", "minutes": 5}, follow=True).content.decode()
    found = re.search(r"http://testserver(/log/hpl_[\w-]+/)", page)
    assert found
    assert Client().get(found[1]).getvalue() == b"port 1\n"
    assert LogLink.objects.get().port_number == 1
    assert "<td>COM2 / ttyS1</td>" in shown(client_of("auditor"), url)


def test_a_session_is_replayed_though_its_port_is_no_more(
    world: World, client_of: ClientOf, second: SerialPort
) -> None:
    port = world.vm.ports.get(number=0)
    second_line = second.line_id
    second.delete()
    seen = session(
        world, "owner", port_number=1, line_id=second_line, from_offset=0, to_offset=8, end_code="left"
    )
    auditor, url = client_of("auditor"), f"{world.vm.get_absolute_url()}replay/"
    assert auditor.get(f"{url}?session={seen.id}").status_code == 200
    index = auditor.get(f"{url}cast/?session={seen.id}&port=1").json()
    part = auditor.get(index["segments"][0]["url"]).json()
    assert "port 1" in "".join(text for _at, _kind, text in part["events"])
    assert auditor.get(f"{url}?port=1").status_code == 404
    port.delete()
    assert auditor.get(f"{url}?session={seen.id}").status_code == 200
