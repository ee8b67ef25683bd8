"""The page and its files read on where the table ends."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import AuditEntry
from portal.fleet.models import AuditExport, Retention
from portal.fleet.models.records import AuditSeal
from portal.fleet.review import exports, queue
from portal.fleet.sealing.sealing import seal_audit
from portal.fleet.stores.opening import store_of
from tests.fleet.review.conftest import Note
from tests.world import World

ClientOf = Callable[[str], Client]
Address = Callable[..., str]


@pytest.fixture
def sealed(world: World, note: Note, monkeypatch: pytest.MonkeyPatch) -> list[AuditEntry]:
    """Six entries of the machine, newest first; what there was before the last two is in sealed files."""
    old = [
        note("contributor", actions.VM_WRITE, world.vm.scope, details={"name": f"old {n}"}) for n in range(4)
    ]
    Retention.objects.create(tenant=world.contoso, seal_after_days=1, seal_account=world.storage)
    with monkeypatch.context() as later:
        tomorrow = timezone.now() + timedelta(days=2)
        later.setattr(timezone, "now", lambda: tomorrow)
        seal_audit(tenant_id=world.contoso.id, seconds=20)
    new = [
        note("contributor", actions.VM_WRITE, world.vm.scope, details={"name": f"new {n}"}) for n in range(2)
    ]
    assert not AuditEntry.objects.filter(id__in=[one.id for one in old]).exists()
    return [*new[::-1], *old[::-1]]


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
    assert "older entries are in sealed files" in client.get(url).content.decode()
