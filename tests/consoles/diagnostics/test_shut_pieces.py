"""Older pieces of a log in an account that does not admit somebody's address: a gap that says so. The rest is read as ever."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts import principals
from accounts.principals import Principal
from consoles.diagnostics.links import make_link
from consoles.kept.log import log_of
from consoles.models import ConsoleSession
from consoles.reviewing.output import stretch_of
from portal.fleet.models import StorageAccount, VirtualMachine
from tests.consoles.archive.printer import SEGMENT, Printer
from tests.consoles.record.printing import text
from tests.world import World

ClientOf = Callable[[str], Client]
HALF = 3 * SEGMENT


@pytest.fixture
def moved(world: World, tmp_path: Path, settings: Any) -> Printer:
    """The first half of web-1's log is in contosodiag, the second in the portal's own store, nothing on the hub's disk."""
    settings.SPOOL, settings.STORES = tmp_path / "spool", tmp_path / "stores"
    VirtualMachine.objects.filter(id=world.vm.id).update(power_state="deallocated")
    printer = Printer(world.vm, tmp_path / "spool")
    printer.prints(HALF)
    printer.archives()
    VirtualMachine.objects.filter(id=world.vm.id).update(diagnostics_account=None)
    printer.prints(HALF)
    printer.archives()
    shutil.rmtree(printer.folder)
    return printer


def shut(world: World, *allowed: str) -> None:
    StorageAccount.objects.filter(id=world.storage.id).update(
        default_action="Deny", allowed_addresses=list(allowed)
    )


def reads(printer: Printer, who: Principal | None = None) -> tuple[int, bytes]:
    log = log_of(printer.line_id, who)
    part = log.read(log.start)
    at, data = part.offset, part.data
    while part := log.read(at + len(data)).data:
        data += part
    return at, data


def rows(client: Client, world: World, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(f"{world.vm.get_absolute_url()}log/", query)
    assert answer.status_code == 200, answer.content
    return answer.json()["rows"]


def test_only_what_the_account_keeps_is_shut(world: World, moved: Printer) -> None:
    auditor = world.principal("auditor")
    assert reads(moved, auditor) == (0, text(0, 2 * HALF))
    shut(world)
    assert reads(moved, auditor) == (HALF, text(HALF, HALF))
    assert reads(moved, principals.system("a job")) == reads(moved) == (0, text(0, 2 * HALF))
    shut(world, auditor.address)
    assert reads(moved, auditor) == (0, text(0, 2 * HALF))


def test_it_is_told_as_a_gap_with_its_reason(world: World, moved: Printer, client_of: ClientOf) -> None:
    client = client_of("auditor")
    assert "gap" not in [row["kind"] for row in rows(client, world, start=0)]
    shut(world)
    first, second, *_rest = rows(client, world, start=0)
    assert (first["kind"], first["offset"], first["end"]) == ("gap", 0, HALF)
    assert first["account"] == "contosodiag"
    assert (second["kind"], second["offset"]) == ("line", HALF)
    plain = client.get(f"{world.vm.get_absolute_url()}log/download/?form=plain").getvalue().decode()
    assert "kept in storage account contosodiag, which does not admit your address" in plain.splitlines()[0]
    raw = client.get(f"{world.vm.get_absolute_url()}log/download/?form=raw").getvalue()
    assert raw == text(HALF, HALF)


def test_what_is_gone_for_everybody_names_no_account(
    world: World, moved: Printer, client_of: ClientOf
) -> None:
    first = moved.pieces()[0]
    first.delete()
    gap = rows(client_of("auditor"), world, start=0)[0]
    assert (gap["kind"], gap["end"]) == ("gap", first.end)
    assert "account" not in gap


def test_the_account_in_use_rules_the_page(world: World, moved: Printer, client_of: ClientOf) -> None:
    shut(world)
    page = client_of("auditor").get(world.vm.boot_diagnostics_url)
    assert b"The storage account answers Forbidden" not in page.content
    VirtualMachine.objects.filter(id=world.vm.id).update(diagnostics_account=world.storage)
    page = client_of("auditor").get(world.vm.boot_diagnostics_url)
    assert b"The storage account answers Forbidden" in page.content


def test_a_link_gives_what_whoever_has_it_may_have(world: World, moved: Printer) -> None:
    shut(world)
    port = world.vm.ports.get()
    _link, secret = make_link(by=world.principal("auditor"), vm=world.vm, port=port, form="raw", minutes=5)
    assert Client().get(f"/log/{secret}/").getvalue() == text(HALF, HALF)
    shut(world, "127.0.0.1")
    assert Client().get(f"/log/{secret}/").getvalue() == text(0, 2 * HALF)


def test_a_rule_that_comes_while_it_is_given_ends_it(
    world: World, moved: Printer, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consoles.diagnostics.files.ASKED_EVERY", 1)
    monkeypatch.setattr("consoles.kept.log.PIECE", SEGMENT)
    shut(world, "127.0.0.1")
    answer = client_of("auditor").get(f"{world.vm.get_absolute_url()}log/download/?form=raw")
    shut(world)
    with pytest.raises(ConnectionAbortedError):
        answer.getvalue()


def test_the_output_beside_a_session_says_it_too(world: World, moved: Printer) -> None:
    shut(world)
    session = ConsoleSession(vm=world.vm, line_id=moved.line_id, from_offset=0, to_offset=2 * HALF)
    found = stretch_of(session, world.principal("auditor"), start=0, ms=None)
    assert (found.rows[0]["kind"], found.rows[0]["account"]) == ("gap", "contosodiag")
