"""What a machine's storage account says of its console and its log: to whom, from where, and in which words."""

from dataclasses import replace

import pytest
from django.utils import timezone

from accounts import principals
from accounts.reach import reach
from consoles.diagnostics.reading import ShutOut, check_place
from consoles.selectors import Code, readiness
from consoles.sentences import saying
from portal.fleet.models import StorageAccount, VirtualMachine
from portal.fleet.vm_queries import machine_at
from tests.world import World

HERE, THERE = "127.0.0.1", "203.0.113.7"


def close(account: StorageAccount, *allowed: str) -> None:
    account.default_action, account.allowed_addresses = "Deny", list(allowed)
    account.save()


def code(world: World, address: str = HERE) -> Code:
    return readiness(replace(world.principal("owner"), address=address), machine_at(world.vm.scope)).code


def told(world: World) -> tuple[str, str]:
    """The sentence, and where its way out leads."""
    owner = world.principal("owner")
    said = saying(readiness(owner, machine_at(world.vm.scope)), held=reach(owner, None))
    return said.sentence, said.url


def test_network_rules_let_in_whoever_comes_from_an_allowed_address(world: World) -> None:
    assert code(world, THERE) is Code.READY
    close(world.storage, "203.0.113.0/24")
    assert code(world, THERE) is Code.READY
    assert code(world, HERE) is Code.STORAGE_FORBIDDEN
    close(world.storage)
    assert code(world, THERE) is Code.STORAGE_FORBIDDEN


def test_whoever_watches_is_asked_where_they_are_as_well(world: World) -> None:
    close(world.storage)
    assert readiness(world.principal("watcher"), machine_at(world.vm.scope)).code is Code.STORAGE_FORBIDDEN
    world.vm.diagnostics_account = None
    world.vm.save()
    assert readiness(world.principal("watcher"), machine_at(world.vm.scope)).code is Code.READY


@pytest.mark.parametrize(
    ("fields", "expected", "words"),
    [
        ({"kind": "premium"}, Code.STORAGE_KIND, "contosodiag is a premium account."),
        ({"key_access": False}, Code.STORAGE_KEYS_OFF, "may not be opened with its key"),
        ({"last_error": "StorageAccountNotFound"}, Code.STORAGE_NOT_FOUND, "is not there"),
        ({"last_error": "StorageAccountForbidden"}, Code.STORAGE_FORBIDDEN, "does not let this portal in"),
        ({"default_action": "Deny"}, Code.STORAGE_FORBIDDEN, "do not allow the address you come from"),
    ],
)
def test_each_has_its_own_code_and_sentence_and_a_way_out(
    fields: dict[str, object], expected: Code, words: str, world: World
) -> None:
    StorageAccount.objects.filter(pk=world.storage.pk).update(**fields)
    assert code(world) is expected
    sentence, url = told(world)
    assert words in sentence
    page = f"/storage/{world.subscription.id}/web/contosodiag/"
    assert url == (world.vm.boot_diagnostics_url if expected is Code.STORAGE_KIND else page)


@pytest.mark.parametrize(
    "trouble", ["StorageAccountUnreachable", "StorageAccountFull", "StorageCredentialsRefused"]
)
def test_what_the_spool_bridges_closes_no_console(trouble: str, world: World) -> None:
    StorageAccount.objects.update(last_error=trouble, last_error_at=timezone.now())
    assert code(world) is Code.READY


def test_a_log_is_read_from_where_the_account_in_use_allows(world: World) -> None:
    owner = world.principal("owner")
    vm = VirtualMachine.objects.get(pk=world.vm.pk)
    close(world.storage, "203.0.113.0/24")
    with pytest.raises(ShutOut, match="contosodiag"):
        check_place(vm, owner)
    check_place(vm, replace(owner, address=THERE))
    check_place(vm, principals.system("a job"))
    vm.diagnostics_account = None
    vm.save()
    check_place(vm, owner)
