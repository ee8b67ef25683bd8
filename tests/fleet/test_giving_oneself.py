"""Whoever lacks a right and may give it is led to the page that gives it, filled in; others are told whom to ask."""

from collections.abc import Callable
from html import unescape
from re import search

import pytest
from django.test import Client

from accounts.models import RoleAssignment
from accounts.roles import (
    CONSOLE_OPERATOR,
    STORAGE_ACCOUNT_CONTRIBUTOR,
    STORAGE_BLOB_DATA_CONTRIBUTOR,
    STORAGE_BLOB_DATA_READER,
    USER_ACCESS_ADMINISTRATOR,
    BuiltIn,
)
from tests.world import World, give, role

ClientOf = Callable[[str], Client]
OFFER, ASK = "You may give it to yourself", "An Owner or a User Access Administrator"


def offered(text: str) -> str:
    found = search(r'href="(/access/add/[^"]+)"', text)
    return unescape(found[1]) if found else ""


def console(world: World) -> str:
    return world.windows_vm.console_url


def erasing(world: World) -> str:
    return f"/records/erase{world.vm.scope}"


def boot_diagnostics(world: World) -> str:
    return world.vm.boot_diagnostics_url


def storage(world: World) -> str:
    return f"/storage/{world.subscription.id}/web/contosodiag/edit/"


@pytest.mark.parametrize(
    ("page", "person", "missing"),
    [
        (boot_diagnostics, "owner", STORAGE_BLOB_DATA_READER),
        (erasing, "owner", STORAGE_BLOB_DATA_CONTRIBUTOR),
        (console, "reader", CONSOLE_OPERATOR),
        (storage, "reader", STORAGE_ACCOUNT_CONTRIBUTOR),
    ],
)
def test_one_click_gives_exactly_what_is_missing(
    page: Callable[[World], str], person: str, missing: BuiltIn, world: World, client_of: ClientOf
) -> None:
    if person != "owner":
        give(world.people[person], world.contoso, USER_ACCESS_ADMINISTRATOR, world.contoso.scope)
    client, where = client_of(person), page(world)
    text = client.get(where).content.decode()
    assert OFFER in text
    assert ASK not in text
    form = client.get(offered(text)).content.decode()
    chosen = {"who": f"User:{world.people[person].id}", "role": str(missing.id)}
    for value in chosen.values():
        assert search(rf'value="{value}"[^>]*checked', form), value
    assert client.post(offered(text), {**chosen, "expiry": "never"}).status_code == 302
    assert RoleAssignment.objects.filter(
        principal_id=world.people[person].id, role=role(missing), scope__iendswith=scope_in(offered(text))
    ).exists()
    after = client.get(where)
    assert after.status_code == 200
    assert OFFER not in after.content.decode()


def scope_in(address: str) -> str:
    return address.removeprefix("/access/add").partition("?")[0]


@pytest.mark.parametrize("page", [boot_diagnostics, erasing])
def test_who_may_not_give_access_is_told_whom_to_ask(
    page: Callable[[World], str], world: World, client_of: ClientOf
) -> None:
    text = client_of("contributor").get(page(world)).content.decode()
    assert ASK in text
    assert OFFER not in text
    assert offered(text) == ""
    assert OFFER in client_of("owner").get(page(world)).content.decode()


def test_whoever_may_watch_and_not_type_is_led_there_for_typing(world: World, client_of: ClientOf) -> None:
    watcher = world.people["watcher"]
    text = client_of("watcher").get(world.vm.console_url).content.decode()
    assert OFFER not in text
    give(watcher, world.contoso, USER_ACCESS_ADMINISTRATOR, world.contoso.scope)
    text = client_of("watcher").get(world.vm.console_url).content.decode()
    assert OFFER in text
    assert f"role={CONSOLE_OPERATOR.id}" in offered(text)
