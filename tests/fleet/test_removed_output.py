"""What a removed machine printed stays, is listed, and is deleted for a reason by whoever may at what remains of where it was."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts import actions
from accounts.models import AuditEntry
from accounts.roles import STORAGE_BLOB_DATA_CONTRIBUTOR
from consoles.archive import jobs
from consoles.hub import client as hub
from consoles.hub import forgetting
from consoles.models import ArchivedPiece, Erasure
from portal.fleet.models import VirtualMachine
from portal.fleet.services.holds import put_hold
from portal.fleet.services.removal import remove_vm
from tests.consoles.archive.printer import SEGMENT, Printer
from tests.world import SYSTEM, World, give

Browsers = Callable[[str], Client]


@pytest.fixture
def removed(world: World, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Printer:
    """web-1 has printed, all of it is in a store, and it is gone."""
    settings.SPOOL, settings.STORES = tmp_path / "spool", tmp_path / "stores"
    VirtualMachine.objects.filter(id=world.vm.id).update(power_state="deallocated")
    printer = Printer(world.vm, tmp_path / "spool")
    printer.prints(4 * SEGMENT)
    printer.archives()
    remove_vm(by=SYSTEM, vm=VirtualMachine.objects.get(id=world.vm.id))

    async def forget(address: str, line: str, before: int, listening: object) -> int:
        _op, told = forgetting.forget(None, settings.SPOOL, {"line": line, "before": before})
        return int(told["start"])

    monkeypatch.setattr(hub, "forget", forget)
    return printer


@pytest.fixture
def keeper(world: World, client_of: Browsers) -> Client:
    give(world.people["owner"], world.contoso, STORAGE_BLOB_DATA_CONTRIBUTOR, world.group.scope)
    return client_of("owner")


def path(world: World) -> str:
    return f"/records/removed{world.vm.scope}"


def test_it_is_listed_by_name_and_scope_with_how_much_there_is(
    world: World, removed: Printer, keeper: Client
) -> None:
    page = keeper.get("/records/").content.decode()
    assert "production › web › web-1" in page
    assert world.vm.scope in page
    assert "16.0\xa0KB" in page
    assert path(world) in page
    assert path(world) in keeper.get("/records/?q=WEB-").content.decode()
    assert path(world) not in keeper.get("/records/?q=db").content.decode()


def test_it_is_deleted_with_a_reason_and_leaves_nothing(
    world: World, removed: Printer, keeper: Client
) -> None:
    assert keeper.get(path(world)).status_code == 200
    assert "This field is required" in keeper.post(path(world), {"reason": " "}).content.decode()
    page = keeper.post(path(world), {"reason": "the customer left"}, follow=True).content.decode()
    assert "is being deleted" in page
    assert path(world) not in page
    told = AuditEntry.objects.get(action=actions.LOG_DELETE, outcome="succeeded")
    assert (told.scope, told.details["reason"]) == (world.vm.scope, "the customer left")
    jobs.archive_host_job("local")
    assert not ArchivedPiece.objects.exists()
    assert removed.objects() == []
    assert keeper.get(path(world)).status_code == 404, "there is nothing left to delete"


def test_the_right_is_asked_for_at_what_remains(world: World, removed: Printer, client_of: Browsers) -> None:
    assert path(world) not in client_of("owner").get("/records/").content.decode()
    for who, status in (("owner", 403), ("auditor", 403), ("stranger", 404)):
        assert client_of(who).post(path(world), {"reason": "x"}).status_code == status, who
    assert not Erasure.objects.exists()
    give(world.people["owner"], world.contoso, STORAGE_BLOB_DATA_CONTRIBUTOR, world.group.scope)
    assert client_of("owner").post(path(world), {"reason": "x"}).status_code == 302
    assert Erasure.objects.get().scope == world.vm.scope


def test_what_is_on_hold_is_not_deleted(world: World, removed: Printer, keeper: Client) -> None:
    put_hold(by=SYSTEM, tenant=world.contoso, resource=world.group, reason="case 7")
    page = keeper.post(path(world), {"reason": "x"}).content.decode()
    assert "It is on legal hold" in page
    assert not Erasure.objects.exists()


def test_a_machine_that_is_there_is_none_that_was_removed(world: World, keeper: Client) -> None:
    assert keeper.get(path(world)).status_code == 404
    assert keeper.get(f"/records/erase{world.vm.scope}").status_code == 200


def test_a_new_machine_of_the_same_name_keeps_its_own(world: World, removed: Printer, keeper: Client) -> None:
    new = VirtualMachine.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="web-1"
    )
    port = new.ports.create(url="loop://")
    keeper.post(path(world), {"reason": "x"})
    assert Erasure.objects.get().line_id == removed.line_id != port.line_id
