from collections.abc import Callable

from django.test import Client

from accounts import actions
from accounts.models import AuditEntry
from portal.fleet.models import StorageAccount
from tests.accounts.test_people import refused
from tests.world import World

ClientOf = Callable[[str], Client]


def page_of(world: World) -> str:
    return f"/storage/{world.subscription.id}/web/contosodiag/"


def test_the_list_stays_within_the_tenant(world: World, client_of: ClientOf) -> None:
    assert [one.name for one in client_of("owner").get("/storage/").context["page"].rows] == ["contosodiag"]
    assert client_of("stranger").get("/storage/").context["page"].rows == []
    assert "No storage account to see" in client_of("bystander").get("/storage/").content.decode()


def test_the_page_shows_which_machines_use_it(world: World, client_of: ClientOf) -> None:
    answer = client_of("owner").get(page_of(world))
    assert [vm.name for vm in answer.context["page"].rows] == ["web-1"]
    assert "folder on disk" in answer.content.decode()


def test_who_sees_and_who_changes_it(world: World, client_of: ClientOf) -> None:
    rules = {"default_action": "Deny", "allowed_addresses": "10.0.0.0/8"}
    refused(client_of("reader").post(page_of(world), rules), actions.STORAGE_WRITE, world.storage.scope)
    refused(client_of("bystander").get(page_of(world)), actions.STORAGE_READ, world.storage.scope)
    assert client_of("stranger").get(page_of(world)).status_code == 404
    assert StorageAccount.objects.get().default_action == "Allow"
    assert "Network rules" not in client_of("reader").get(page_of(world)).content.decode()
    assert client_of("owner").post(page_of(world), {**rules, "confirmed": "1"}).status_code == 302
    account = StorageAccount.objects.get()
    assert (account.default_action, account.allowed_addresses) == ("Deny", ["10.0.0.0/8"])
    entry = AuditEntry.objects.get(action=actions.STORAGE_WRITE, outcome="succeeded")
    assert entry.details["after"] == {"default_action": "Deny", "allowed_addresses": ["10.0.0.0/8"]}


def test_a_bad_line_is_told_and_what_was_typed_stays(world: World, client_of: ClientOf) -> None:
    answer = client_of("owner").post(
        page_of(world), {"default_action": "Deny", "allowed_addresses": "10.0.0.0/8\nhome"}
    )
    text = answer.content.decode()
    assert "Line 2: home is no address" in text
    assert "10.0.0.0/8\nhome" in text
    assert StorageAccount.objects.get().default_action == "Allow"
