"""Typing on a console needs a second right where the log is kept in a storage account: the access pages say so, too."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.roles import (
    CONSOLE_OPERATOR,
    CONSOLE_WATCHER,
    USER_ACCESS_ADMINISTRATOR,
    VM_CONTRIBUTOR,
    BuiltIn,
)
from portal.fleet.connecting import what_connecting_needs
from tests.world import World, give

ClientOf = Callable[[str], Client]


def check(client: Client, world: World, who: str, action: str = actions.CONNECT) -> str:
    url = reverse("access_check", args=[world.vm.scope.lstrip("/")])
    answer = client.get(url, {"who": f"User:{world.people[who].id}", "action": action})
    return " ".join(answer.content.decode().split())


def preview(client: Client, world: World, built_in: BuiltIn) -> str:
    url = reverse("access_add", args=[world.vm.scope.lstrip("/")])
    chosen = {"who": f"User:{world.people['bystander'].id}", "role": str(built_in.id), "expiry": "never"}
    return " ".join(client.post(f"{url}?preview=1", chosen).content.decode().split())


def test_connecting_needs_the_keys_of_an_account_of_the_machine_s_own(world: World) -> None:
    assert what_connecting_needs(world.vm) == [
        (actions.CONNECT, world.vm),
        (actions.STORAGE_KEYS, world.storage),
    ]
    assert what_connecting_needs(world.other_vm) == [(actions.CONNECT, world.other_vm)]


def test_check_access_tells_the_second_half(world: World, client_of: ClientOf) -> None:
    give(world.people["bystander"], world.contoso, VM_CONTRIBUTOR, world.vm.scope)
    owner = client_of("owner")
    half = check(owner, world, "bystander")
    assert "bystander may do this here" in half
    assert "the storage account contosodiag (listKeys), and does not have it." in half
    assert f'href="/access{world.storage.scope}"' in half
    assert "(listKeys), and has it." in check(owner, world, "owner")
    assert "(listKeys)" not in check(owner, world, "bystander", actions.WATCH)


def test_whoever_may_not_see_the_account_s_access_is_not_told_the_answer(
    world: World, client_of: ClientOf
) -> None:
    give(world.people["bystander"], world.contoso, USER_ACCESS_ADMINISTRATOR, world.vm.scope)
    said = check(client_of("bystander"), world, "contributor")
    assert "You may not see who has access there." in said
    assert f'href="/access{world.storage.scope}"' not in said
    assert "and has it." in check(client_of("owner"), world, "contributor")


def test_giving_a_role_that_connects_hints_at_the_second_half(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    said = preview(owner, world, CONSOLE_OPERATOR)
    assert "the storage account contosodiag (listKeys)" in said
    assert f'href="/access{world.storage.scope}"' in said
    assert "listKeys" not in preview(owner, world, CONSOLE_WATCHER)
    world.vm.diagnostics_account = None
    world.vm.save()
    assert "listKeys" not in preview(owner, world, CONSOLE_OPERATOR)


def test_the_second_half_costs_five_queries_on_top_of_an_answer(
    world: World, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    owner = client_of("owner")
    url = reverse("access_check", args=[world.vm.scope.lstrip("/")])
    with django_assert_max_num_queries(22):
        owner.get(url, {"who": f"User:{world.people['contributor'].id}", "action": actions.CONNECT})
