"""Network rules that end sessions, or shut out whoever saves them, say so and wait for a second yes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.roles import CONSOLE_AUDITOR, STORAGE_ACCOUNT_CONTRIBUTOR
from consoles.models import ConsoleSession
from portal.fleet import shutting_out
from portal.fleet.models import StorageAccount
from tests.fleet.test_vm_pages_live import session
from tests.world import World, give

ClientOf = Callable[[str], Client]
RULES = {"default_action": "Deny", "allowed_addresses": "10.0.0.0/8\n192.0.2.0/24"}
OTHERS = "Others, whom you may not see, may be on consoles of its machines"


def save(client: Client, world: World, **more: str) -> str:
    answer = client.post(f"/storage/{world.subscription.id}/web/contosodiag/", {**RULES, **more})
    return "" if answer.status_code == 302 else " ".join(answer.content.decode().split())


def rules_of(account: StorageAccount) -> tuple[str, list[str]]:
    account.refresh_from_db()
    return account.default_action, account.allowed_addresses


def test_it_names_whose_sessions_end_and_whoever_saves_them(world: World, client_of: ClientOf) -> None:
    session(world, "contributor", address="203.0.113.7")
    session(world, "contributor", address="203.0.113.7")
    session(world, "watcher", address="198.51.100.9")
    session(world, "reader", address="10.2.3.4")
    session(world, "auditor", address="203.0.113.9", ended_at=timezone.now())
    asked = save(client_of("owner"), world)
    assert "3 sessions end at once: contributor on web-1 (2 windows), watcher on web-1." in asked
    assert "You yourself are shut out: you come from 127.0.0.1." in asked
    assert "reader on" not in asked
    assert "auditor on" not in asked
    assert rules_of(world.storage) == ("Allow", [])
    assert save(client_of("owner"), world, confirmed="1") == ""
    assert rules_of(world.storage) == ("Deny", ["10.0.0.0/8", "192.0.2.0/24"])


def test_what_was_typed_goes_with_the_question(world: World, client_of: ClientOf) -> None:
    asked = client_of("owner").post(f"/storage/{world.subscription.id}/web/contosodiag/", RULES)
    assert asked.context["form"]["allowed_addresses"].value() == RULES["allowed_addresses"]
    assert 'type="hidden" name="default_action" value="Deny"' in asked.content.decode()


@pytest.mark.parametrize(
    "rules", [{"default_action": "Allow"}, {"allowed_addresses": "127.0.0.1\n203.0.113.0/24"}]
)
def test_where_nobody_is_cut_off_nothing_is_asked(
    rules: dict[str, Any], world: World, client_of: ClientOf
) -> None:
    session(world, "contributor", address="203.0.113.7")
    assert save(client_of("owner"), world, **rules) == ""


def test_sessions_on_machines_of_other_accounts_go_on(world: World, client_of: ClientOf) -> None:
    session(world, "contributor", address="203.0.113.7")
    ConsoleSession.objects.update(vm=world.other_vm)
    asked = save(client_of("owner"), world)
    assert "You yourself" in asked
    assert "at once" not in asked


def test_of_very_many_it_names_the_first(
    world: World, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutting_out, "NAMED", 1)
    for person in ("contributor", "watcher", "reader"):
        session(world, person, address="203.0.113.7")
    assert "3 sessions end at once: contributor on web-1, 2 more." in save(client_of("owner"), world)


def test_who_may_not_change_them_is_asked_nothing(world: World, client_of: ClientOf) -> None:
    where = f"/storage/{world.subscription.id}/web/contosodiag/"
    assert client_of("reader").post(where, {**RULES, "confirmed": "1"}).status_code == 403
    assert rules_of(world.storage) == ("Allow", [])
    assert client_of("owner").post(where, {**RULES, "confirmed": "1"}).status_code == 302


def told(client: Client, world: World, *allowed: str) -> list[str]:
    """The question, from an address that is let in."""
    rules = {"default_action": "Deny", "allowed_addresses": "\n".join(["127.0.0.1", *allowed])}
    answer = client.post(f"/storage/{world.subscription.id}/web/contosodiag/", rules)
    return [] if answer.status_code == 302 else list(answer.context["consequences"])


def test_whoever_may_not_see_sessions_learns_of_none_whatever_ranges_they_try(
    world: World, client_of: ClientOf
) -> None:
    give(world.people["bystander"], world.contoso, STORAGE_ACCOUNT_CONTRIBUTOR, world.storage.scope)
    client = client_of("bystander")
    assert client.get(world.vm.get_absolute_url()).status_code in (403, 404)
    of_nobody = told(client, world)
    session(world, "watcher", address="203.0.113.7")
    for ranges in ([], ["203.0.113.0/24"], ["203.0.113.0/29"], ["203.0.113.8/29"], ["0.0.0.0/0"]):
        assert told(client, world, *ranges) == of_nobody
    (sentence,) = of_nobody
    assert sentence.startswith(OTHERS)
    assert rules_of(world.storage) == ("Allow", [])
    assert told(client_of("owner"), world) == ["1 session ends at once: watcher on web-1."]
    assert told(client_of("owner"), world, "203.0.113.0/24") == []


def test_of_two_machines_it_names_who_is_on_the_one_whose_sessions_they_see(
    world: World, client_of: ClientOf
) -> None:
    world.other_vm.diagnostics_account = world.storage
    world.other_vm.save()
    give(world.people["bystander"], world.contoso, STORAGE_ACCOUNT_CONTRIBUTOR, world.storage.scope)
    give(world.people["bystander"], world.contoso, CONSOLE_AUDITOR, world.vm.scope)
    session(world, "watcher", address="203.0.113.7")
    there = session(world, "reader", address="203.0.113.8")
    ConsoleSession.objects.filter(id=there.id).update(vm=world.other_vm)
    seen, others = told(client_of("bystander"), world)
    assert seen == "1 session ends at once: watcher on web-1."
    assert others.startswith(OTHERS)
    (seen,) = told(client_of("owner"), world)
    assert seen == "2 sessions end at once: reader on web-2, watcher on web-1."


def test_of_an_account_that_no_machine_uses_nothing_is_asked(world: World, client_of: ClientOf) -> None:
    give(world.people["bystander"], world.contoso, STORAGE_ACCOUNT_CONTRIBUTOR, world.storage.scope)
    world.vm.diagnostics_account = None
    world.vm.save()
    assert told(client_of("bystander"), world) == []
    assert rules_of(world.storage) == ("Deny", ["127.0.0.1/32"])
