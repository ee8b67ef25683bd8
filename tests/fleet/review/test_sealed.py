"""The page and its files read on where the table ends."""

import json
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from accounts.audit_selectors import Filters
from accounts.models import AuditEntry
from portal.fleet.models import AuditExport
from portal.fleet.models.records import AuditSeal
from portal.fleet.review import exports, queue
from portal.fleet.review.walking import Wanted
from portal.fleet.sealing import reading
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.opening import store_of
from portal.fleet.stores.words import in_words
from tests.world import World

ClientOf = Callable[[str], Client]
Address = Callable[..., str]


def test_the_page_leads_into_sealed_files_and_finds_there_what_is_filtered(
    world: World, sealed: list[AuditEntry], client_of: ClientOf, address: Address
) -> None:
    client, url = client_of("auditor"), address("activity", scope=world.vm.scope)
    filters = {"who": str(world.people["contributor"].id), "family": "Microsoft.Compute/"}
    first = client.get(url, filters)
    kept = [line.entry.seq for line in first.context["lines"]]
    assert first.context["sealed_from"] == kept[-1]
    older = client.get(url, {**filters, "sealed": kept[-1]})
    seqs = [line.entry.seq for line in older.context["lines"]]
    assert kept + seqs == [entry.seq for entry in sealed]
    assert client.get(url, {**filters, "outcome": "failed", "sealed": "all"}).context["lines"] == []
    story = client.get(address("audit_entry", seqs[0], scope=world.vm.scope))
    assert story.context["story"].is_sealed
    assert story.context["story"].is_whole
    assert client.get(address("audit_entry", seqs[0], scope=world.other_vm.scope)).status_code == 404


def test_the_story_of_one_whose_store_is_away_says_so_and_reads_no_other_file(
    world: World, pieces: None, sealed: list[AuditEntry], client_of: ClientOf, address: Address,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    client, oldest = client_of("auditor"), sealed[-1].seq
    read: list[int] = []

    def away(seal: AuditSeal) -> list[AuditEntry]:
        read.append(seal.first_seq)
        raise StoreTrouble(StoreTrouble.UNREACHABLE)

    assert client.get(address("audit_entry", oldest)).status_code == 200
    with monkeypatch.context() as patched:
        patched.setattr(reading, "open_seal", away)
        answer = client.get(address("audit_entry", oldest))
        assert answer.status_code == 503
        assert in_words(StoreTrouble.UNREACHABLE) in unescape(answer.content.decode())
        assert client.get(address("audit_entry", 10**9)).status_code == 404
    seal = AuditSeal.objects.get(first_seq__lte=oldest, last_seq__gte=oldest)
    assert read == [seal.first_seq]
    store_of(seal.account).put(seal.blob, b"something else")
    assert client.get(address("audit_entry", oldest)).status_code == 404


def test_a_damaged_file_is_named_on_the_page(
    world: World, sealed: list[AuditEntry], client_of: ClientOf, address: Address
) -> None:
    seal = AuditSeal.objects.latest("first_seq")
    store_of(seal.account).put(seal.blob, b"something else")
    page = client_of("auditor").get(address("activity"), {"sealed": "all"})
    assert seal.blob in page.content.decode()


def test_a_file_holds_what_is_sealed_too(
    world: World,
    sealed: list[AuditEntry],
    client_of: ClientOf,
    address: Address,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queue, "make_soon", lambda export_id: None)
    monkeypatch.setattr(exports, "PART", 2)
    client = client_of("auditor")
    url = f"{address('audit_export_new', scope=world.vm.scope)}?who=contributor&family=Microsoft.Compute/"
    client.post(
        f"{address('audit_export_new', scope=world.vm.scope)}?who={world.people['contributor'].id}&family=Microsoft.Compute/",
        {"form": "jsonl"},
    )
    export = AuditExport.objects.get()
    exports.make_export(export.id)
    export.refresh_from_db()
    assert export.state == "ready"
    lines = b"".join(client.get(f"/audit/exports/{export.id}/file/").streaming_content).decode().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [entry.seq for entry in sealed]
    assert "lder entries are in sealed files" in client.get(url).content.decode()


def test_how_many_entries_are_sealed_is_told_of_the_whole_tenant_alone(
    world: World, sealed: list[AuditEntry], client_of: ClientOf, address: Address
) -> None:
    client = client_of("owner")
    of_all = client.get(address("audit_export_new", scope=world.contoso.scope)).content.decode()
    of_one = client.get(address("audit_export_new", scope=world.vm.scope)).content.decode()
    count = Wanted(world.contoso, world.vm.scope, Filters(), {}).sealed_at_most
    assert f"{count} older entries are in sealed files" in of_all
    assert f"{count} older" not in of_one
    assert "Older entries are in sealed files" in of_one
