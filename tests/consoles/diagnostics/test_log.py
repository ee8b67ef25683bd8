"""The log as the page asks for it: stretches of it, what is found in it, and who may."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts import actions
from accounts.models import AuditEntry, RoleAssignment
from accounts.roles import STORAGE_BLOB_DATA_READER
from accounts.services.roles import remove_assignment
from consoles.archive.erasing import erase_output
from consoles.diagnostics import rows
from consoles.kept.log import Log
from consoles.models import Erasure
from portal.fleet.stores.base import StoreTrouble
from tests.consoles.diagnostics.conftest import BEGAN, Printed
from tests.world import SYSTEM, World, give

ClientOf = Callable[[str], Client]
MANY = b"".join(b"line %d\r\n" % number for number in range(2000))


def ask(client: Client, world: World, path: str = "log/", **query: Any) -> dict[str, Any]:
    answer = client.get(f"{world.vm.get_absolute_url()}{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def texts(told: dict[str, Any]) -> list[str]:
    return [row["text"] for row in told["rows"] if row["kind"] == "line"]


def test_it_is_read_with_the_right_to_read_logs_and_not_with_the_one_to_connect(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"secret\r\n")
    url = f"{world.vm.get_absolute_url()}log/"
    for path in ("", "search/?words=secret", "download/?form=plain", "links/"):
        assert client_of("auditor").get(url + path).status_code == 200, path
        assert client_of("owner").get(url + path).status_code == 403, path
        assert client_of("contributor").get(url + path).status_code == 403, path
        assert client_of("stranger").get(url + path).status_code == 404, path
    give(world.people["watcher"], world.contoso, STORAGE_BLOB_DATA_READER, world.vm.scope)
    assert texts(ask(client_of("watcher"), world)) == ["secret"]


def test_one_scrolls_back_across_the_gap_that_a_power_cut_left(
    world: World, client_of: ClientOf, printed: Printed, tmp_path: Path
) -> None:
    printed(b"before\r\n")
    mark = tmp_path / str(world.vm.ports.get().line_id) / "mark"
    mark.write_text(f"{UUID(int=0)} open   {0:020d}\n")
    printed(b"after\r\n" * 3)
    client = client_of("auditor")
    newest = ask(client, world)
    assert texts(newest) == ["after"] * 3
    older = ask(client, world, before=newest["start"])
    assert texts(older) == ["before"]
    assert [row["kind"] for row in older["rows"]] == ["line", "gap"]


def test_a_right_that_ends_ends_the_reading(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(b"secret\r\n")
    client = client_of("auditor")
    assert texts(ask(client, world)) == ["secret"]
    remove_assignment(
        by=SYSTEM, assignment=RoleAssignment.objects.get(principal_id=world.people["auditor"].id)
    )
    assert client.get(f"{world.vm.get_absolute_url()}log/").status_code in {403, 404}


def test_the_newest_lines_come_first_and_those_before_them_on_request(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(MANY)
    client = client_of("auditor")
    told = ask(client, world)
    assert (texts(told)[-1], told["last"], told["end"]) == ("line 1999", True, len(MANY))
    seen = texts(told)
    while told["start"] > told["first"]:
        told = ask(client, world, before=told["start"])
        seen = [*texts(told), *seen]
    assert seen == [f"line {number}" for number in range(2000)]


def test_it_goes_on_from_an_offset_to_the_end(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(MANY)
    client, told, seen = client_of("auditor"), {"to": 0, "last": False}, []
    while not told["last"]:
        told = ask(client, world, start=told["to"])
        assert len(told["rows"]) <= rows.MOST_ROWS
        seen += texts(told)
    assert seen == [f"line {number}" for number in range(2000)]


def test_a_line_that_is_not_finished_is_shown_and_asked_for_again(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"booted\r\nweb-1 log")
    told = ask(client_of("auditor"), world)
    assert texts(told) == ["booted", "web-1 log"]
    printed(b"in: ", at=BEGAN + 5000)
    told = ask(client_of("auditor"), world, start=told["rows"][-1]["offset"], seen=told["end"])
    assert texts(told) == ["web-1 login: "]


def test_nothing_new_is_a_short_answer(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(MANY)
    told = ask(client_of("auditor"), world, start=len(MANY), seen=len(MANY))
    assert told == {"first": 0, "end": len(MANY), "away": False}


def test_it_jumps_to_a_time(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(b"first\r\n", b"second\r\n", b"third\r\n")
    told = ask(client_of("auditor"), world, since=BEGAN + 500)
    assert texts(told) == ["second", "third"]
    assert [row["ms"] for row in told["rows"]] == [BEGAN + 1000, BEGAN + 2000]


def test_what_left_the_window_is_told_as_a_gap(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(*[MANY] * 20, limit=128 * 1024)
    told = ask(client_of("auditor"), world, start=0)
    assert told["first"] > 0
    assert told["rows"][0] == {
        "kind": "gap",
        "offset": 0,
        "end": told["first"],
        "bytes": told["first"],
        "ms": None,
    }


def test_escape_sequences_are_stripped_and_raw_shows_them_as_signs(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"\x1b]0;title\x07\x1b[31mred\x1b[0m <b>\r\n")
    assert texts(ask(client_of("auditor"), world)) == ["red <b>"]
    assert texts(ask(client_of("auditor"), world, raw="1")) == ["␛]0;title␇␛[31mred␛[0m <b>␍"]


def test_a_line_without_an_end_is_cut_for_the_page(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"x" * 10_000 + b"\r\n")
    row = ask(client_of("auditor"), world)["rows"][-1]
    assert (len(row["text"]), row["more"]) == (rows.WIDEST, 10_000 - rows.WIDEST)


def test_hits_come_with_their_places_and_where_to_go_on(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(MANY)
    found = ask(client_of("auditor"), world, "log/search/", words="LINE 1999")
    assert found == {"hits": [[MANY.index(b"line 1999"), 0]], "next": None}
    found = ask(client_of("auditor"), world, "log/search/", words="line")
    assert found["next"] is not None
    assert client_of("auditor").get(f"{world.vm.get_absolute_url()}log/search/").status_code == 400


@pytest.mark.parametrize("query", ["start=-1", "start=x", "before=99999999999999999999", "port=-1"])
def test_nonsense_is_refused(query: str, world: World, client_of: ClientOf, printed: Printed) -> None:
    assert client_of("auditor").get(f"{world.vm.get_absolute_url()}log/?{query}").status_code == 400


def test_a_port_that_is_not_there_is_not_found(world: World, client_of: ClientOf, printed: Printed) -> None:
    assert client_of("auditor").get(f"{world.vm.get_absolute_url()}log/?port=0").status_code == 200
    assert client_of("auditor").get(f"{world.vm.get_absolute_url()}log/?port=1").status_code == 404


def test_reading_is_audited_once_however_often_the_page_asks(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"booted\r\n")
    for person in ("auditor", "auditor"):
        for _ in range(3):
            ask(client_of(person), world)
    noted = AuditEntry.objects.filter(action=actions.LOG_READ, details={"read": "log"})
    assert [entry.principal_name for entry in noted] == ["auditor"]


def shut_in(world: World, *allowed: str) -> None:
    world.storage.default_action, world.storage.allowed_addresses = "Deny", list(allowed)
    world.storage.save()


def test_network_rules_of_the_account_keep_people_from_the_log(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"booted\r\n")
    url, client = f"{world.vm.get_absolute_url()}log/", client_of("auditor")
    shut_in(world, "192.0.2.0/24")
    for path in ("", "search/?words=b", "download/?form=raw", "links/"):
        answer = client.get(url + path)
        assert answer.status_code == 403, path
        assert b"contosodiag" in answer.content
        assert b"127.0.0.1" in answer.content
        assert b"booted" not in answer.content
    assert client.get(url, headers={"Accept": "application/json"}).json()["code"] == "StorageAccountForbidden"
    assert b"answers Forbidden" in client.get(world.vm.boot_diagnostics_url).content
    shut_in(world, "127.0.0.0/8")
    assert texts(ask(client, world)) == ["booted"]


def test_a_store_that_does_not_answer_is_told_with_the_way_out(
    world: World, client_of: ClientOf, printed: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed(b"booted\r\n")

    def refuses(*_given: Any, **_named: Any) -> Any:
        raise StoreTrouble(StoreTrouble.UNREACHABLE)

    url, client = f"{world.vm.get_absolute_url()}log/", client_of("auditor")
    monkeypatch.setattr(Log, "read", refuses)
    told = client.get(url, headers={"Accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (503, "StorageAccountUnreachable")
    assert b"did not answer in time" in client.get(f"{url}download/?form=raw").content


def test_a_time_that_the_log_does_not_reach_is_known_by_its_place(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"first\n", b"second\n")
    client = client_of("auditor")
    for since, at in ((0, 0), (BEGAN, 6), (BEGAN + 10**9, 13)):
        told = ask(client, world, since=since)
        assert (told["at"], told["first"], told["end"]) == (at, 0, 13)
    assert "at" not in ask(client, world)


def test_what_was_deleted_is_told_where_it_was(world: World, client_of: ClientOf, printed: Printed) -> None:
    printed(b"x" * 14 * 1024)
    client, line = client_of("auditor"), world.vm.ports.get().line_id
    erase_output(by=world.principal("owner"), vm=world.vm, reason="a password was printed")

    def first() -> dict[str, Any]:
        row: dict[str, Any] = ask(client, world)["rows"][0]
        return {**row, "text": row["text"].replace("\xa0", " ")}

    replay = client.get(f"{world.vm.get_absolute_url()}replay/").content.decode().replace("\xa0", " ")
    assert "Nothing to play" in replay
    assert "14.0 KB deleted by owner, 20" in replay
    told = first()
    assert (told["kind"], told["offset"]) == ("erased", 14 * 1024)
    assert told["text"].startswith("14.0 KB deleted by owner, 20")
    assert told["text"].endswith(" UTC: a password was printed")
    erase_output(by=world.principal("owner"), vm=world.vm, reason="once more")
    assert first() == told
    printed(b"\nafter\n")
    assert first() == told
    assert texts(ask(client, world)) == ["", "after"]
    assert not [row for row in ask(client, world, start=14 * 1024 + 1)["rows"] if row["kind"] == "erased"]
    Erasure.objects.filter(line_id=line).update(by_clock=True, first=None)
    assert first()["text"].startswith("What was printed before: deleted 20")
    assert first()["text"].endswith("its time was over")
    Erasure.objects.all().delete()
    assert first()["kind"] == "line", "it began there by itself"
