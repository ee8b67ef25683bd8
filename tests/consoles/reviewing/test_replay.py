"""The replay's page, index, segments and search: who may, which stretch, and that all of it hangs together."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts import actions
from accounts.models import AuditEntry
from accounts.roles import STORAGE_BLOB_DATA_READER
from consoles.reviewing import recording
from tests.consoles.diagnostics.conftest import BEGAN, Printed
from tests.consoles.reviewing.conftest import Attach
from tests.world import World, give

ClientOf = Callable[[str], Client]


def at(world: World, path: str = "", **query: Any) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{world.vm.get_absolute_url()}replay/{path}?{asked}"


def told(client: Client, url: str) -> dict[str, Any]:
    answer = client.get(url)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def played(client: Client, index: dict[str, Any]) -> str:
    parts = [told(client, segment["url"]) for segment in index["segments"]]
    for segment, part in zip(index["segments"], parts, strict=True):
        assert part["events"][0][0] == segment["start"]
    assert parts[-1]["events"][-1][0] == index["duration"]
    return "".join(text for part in parts for _at, _kind, text in part["events"])


def test_it_is_for_whoever_may_read_the_log(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(b"secret\r\n")
    segment = {"from": 0, "to": 8, "at": 0, "until": 500}
    urls = [at(world), at(world, "cast/"), at(world, "cast/part/", **segment), at(world, "find/", words="s")]
    give(world.people["watcher"], world.contoso, STORAGE_BLOB_DATA_READER, world.vm.scope)
    people = {"auditor": 200, "watcher": 200, "owner": 403, "contributor": 403, "stranger": 404}
    for person, status in people.items():
        client = client_of(person)
        assert [client.get(url).status_code for url in urls] == [status] * 4, person
    assert [Client().get(url).status_code for url in urls] == [302] * 4


def test_it_plays_what_was_printed_with_its_times(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"one\r\n", b"two\r\n", b"three\r\n")
    client = client_of("auditor")
    index = told(client, at(world, "cast/"))
    assert (index["start"], index["end"], index["clock"]) == (0, 17, [[0, BEGAN]])
    assert played(client, index) == "one\r\ntwo\r\nthree\r\n"
    assert index["duration"] == 2.5


def test_long_pauses_are_cut_short_when_that_is_wished(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"one\r\n", b"two\r\n")
    client = client_of("auditor")
    index = told(client, at(world, "cast/", idle=500))
    assert index["duration"] == 1.0
    assert played(client, index) == "one\r\ntwo\r\n"


def test_a_stretch_is_played_alone(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(b"one\r\n", b"two\r\n", b"three\r\n")
    client = client_of("auditor")
    assert played(client, told(client, at(world, "cast/", **{"from": 5, "to": 10}))) == "two\r\n"
    assert played(client, told(client, at(world, "cast/", **{"from": 5, "to": 10_000}))) == "two\r\nthree\r\n"


def test_what_an_index_has_no_room_for_is_on_the_next_page(
    world: World, client_of: ClientOf, printed: Printed, attach: Attach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "STAMPS", 2)
    printed(b"one\r\n", b"two\r\n", b"three\r\n", b"four\r\n")
    session = attach("owner", until=17)
    client = client_of("auditor")
    first = told(client, at(world, "cast/", session=session.id))
    assert played(client, first) == "one\r\ntwo\r\n"
    assert first["rest"] == f"../?session={session.id}&from=10&to=17"
    following = client.get(at(world, "cast/") + first["rest"].removeprefix("../?")).json()
    assert (played(client, following), following["rest"]) == ("three\r\n", "")


def test_a_session_is_played_from_where_it_began_to_where_it_ended(
    world: World, client_of: ClientOf, printed: Printed, attach: Attach
) -> None:
    printed(b"one\r\n", b"two\r\n", b"three\r\n")
    session = attach("owner", until=10)
    client = client_of("auditor")
    assert f"what {session.principal_name} saw" in client.get(at(world, session=session.id)).content.decode()
    assert played(client, told(client, at(world, "cast/", session=session.id))) == "one\r\ntwo\r\n"


def test_sessions_of_other_machines_are_not_played_here(
    world: World, client_of: ClientOf, printed: Printed, attach: Attach
) -> None:
    printed(b"one\r\n")
    there = attach("owner", world.windows_vm, until=5)
    client = client_of("auditor")
    assert client.get(at(world, session=there.id)).status_code == 404
    assert client.get(at(world, session=uuid4())).status_code == 404
    assert client.get(at(world, session=attach("owner", until=5).id)).status_code == 200


def test_what_is_asked_for_is_bounded(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(b"one\r\n")
    client = client_of("auditor")
    whole = {"from": 0, "to": 1 << 30, "at": 0, "until": 10}
    for path, query in (
        ("cast/", {"size": "9999x9999"}),
        ("cast/", {"from": -1}),
        ("cast/", {"idle": "x"}),
        ("cast/part/", whole),
        ("cast/part/", {}),
        ("find/", {}),
        ("find/", {"words": "x" * 201}),
    ):
        assert client.get(at(world, path, **query)).status_code == 404, (path, query)


def test_it_finds_words_and_when_they_were_printed(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"one\r\n", b"two\r\n", b"\x1b[31mt\x1b[0mwo again\r\n")
    found = told(client_of("auditor"), at(world, "find/", words="TWO"))
    assert [(hit["offset"], hit["ms"]) for hit in found["hits"]] == [(5, BEGAN + 1000), (10, BEGAN + 2000)]
    assert found["next"] is None


def test_that_somebody_replays_is_noted_once(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(b"one\r\n")
    client = client_of("auditor")
    client.get(at(world))
    played(client, told(client, at(world, "cast/")))
    noted = AuditEntry.objects.filter(action=actions.LOG_READ, principal_id=world.people["auditor"].id)
    assert [entry.details for entry in noted] == [{"read": "replay"}]


def test_a_machine_that_has_printed_nothing_says_so(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    text = client_of("auditor").get(at(world)).content.decode()
    assert "Nothing to play" in text
    assert "asciinema-player.min.js" not in text
    printed(b"one\r\n")
    assert "asciinema-player.min.js" in client_of("auditor").get(at(world)).content.decode()


def test_network_rules_of_the_account_keep_people_from_elsewhere_out(
    world: World, client_of: ClientOf, printed: Printed, attach: Attach
) -> None:
    printed(b"one\r\n")
    session = attach("owner", until=5)
    client = client_of("auditor")
    urls = [at(world), at(world, "cast/"), at(world, "cast/", session=session.id)]
    assert [client.get(url).status_code for url in urls] == [200] * 3
    world.storage.default_action, world.storage.allowed_addresses = "Deny", ["203.0.113.0/24"]
    world.storage.save()
    assert [client.get(url).status_code for url in urls] == [403] * 3
    assert "contosodiag" in client.get(urls[1], headers={"accept": "application/json"}).json()["sentence"]
    shown = client.get(f"/sessions/{session.id}/output/").content.decode()
    assert "contosodiag" in shown
    assert "output-line" not in shown
