"""A filter that cannot be held to finds nothing, draws nothing and exports nothing."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts import actions
from accounts.models import AuditEntry
from accounts.roles import CONSOLE_AUDITOR
from portal.fleet.models import AuditExport
from portal.fleet.review import filters
from tests.fleet.review.conftest import Note, Seen
from tests.world import World, give

ClientOf = Callable[[str], Client]
Address = Callable[..., str]
WRONG = [
    {"address": "garbage"},
    {"address": "127.0.0.0/8"},
    {"since": "zz"},
    {"until": "zz"},
    {"subscription": "bad"},
    {"family": "x"},
    {"outcome": "x"},
    {"span": "x"},
    {"since": "2026-02-02", "until": "2026-02-01"},
    {"request": "x" * 65},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_nothing_is_listed_drawn_or_exported(
    world: World, note: Note, client_of: ClientOf, address: Address, wrong: dict[str, str]
) -> None:
    note("contributor", actions.CONNECT, world.vm.scope)
    client = client_of("auditor")
    listed = client.get(address("activity"), wrong)
    assert "lines" not in listed.context
    assert "errorlist" in listed.content.decode()
    assert address("audit_export_new") not in listed.content.decode()
    assert address("audit_view_save") not in listed.content.decode()
    assert client.get(address("audit_timeline"), wrong).content.decode() == "Nothing to draw."
    new = f"{address('audit_export_new')}?{'&'.join('='.join(one) for one in wrong.items())}"
    asked = client.get(new).content.decode()
    assert "errorlist" in asked
    assert 'name="form"' not in asked
    answer = client.post(new, {"form": "csv"})
    assert "Content-Disposition" not in answer
    assert not AuditExport.objects.exists()
    assert not AuditEntry.objects.filter(action__in=[actions.AUDIT_EXPORT, actions.AUDIT_READ]).exists()
    assert "Content-Disposition" in client.post(address("audit_export_new"), {"form": "csv"})


def test_a_page_of_one_subscription_is_not_filtered_by_another(
    world: World, note: Note, client_of: ClientOf, address: Address
) -> None:
    note("contributor", actions.CONNECT, world.vm.scope)
    client, own = client_of("auditor"), str(world.subscription.id)
    for scope in (world.vm.scope, world.subscription.scope):
        page = address("activity", scope=scope)
        assert client.get(page, {"subscription": own}).context["lines"]
        assert "lines" not in client.get(page, {"subscription": str(world.foreign_subscription.id)}).context


def test_another_tenants_subscription_is_answered_as_one_that_is_not_there(
    world: World, client_of: ClientOf, address: Address
) -> None:
    client = client_of("auditor")
    foreign, none = (
        client.get(address("activity"), {"subscription": one}).context["form"].errors
        for one in (str(world.foreign_subscription.id), "5f3f5d2e-6f6e-4a52-9a5b-0f5a7d1f2c3b")
    )
    assert foreign == none


def test_a_name_of_too_many_machines_is_refused_not_cut(
    world: World, note: Note, client_of: ClientOf, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "MOST", 1)
    note("contributor", actions.VM_WRITE, world.vm.scope)
    client = client_of("auditor")
    many = client.get(address("activity"), {"machine": "web-"})
    assert "More than 1 machines are called that" in many.content.decode()
    assert client.get(address("activity"), {"machine": "web-1"}).context["lines"]


def test_a_part_of_a_name_stands_for_machines_of_the_page_alone(
    world: World, note: Note, client_of: ClientOf, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads one machine's log learns neither what others are called nor how many there are."""
    monkeypatch.setattr(filters, "MOST", 1)
    note("contributor", actions.VM_WRITE, world.vm.scope)
    give(world.people["bystander"], world.contoso, CONSOLE_AUDITOR, world.vm.scope)
    client = client_of("bystander")
    page = address("activity", scope=world.vm.scope)
    assert client.get(page, {"machine": "web-"}).context["lines"]
    others, none = (
        client.get(page, {"machine": one}).content.decode().replace(one, "") for one in ("web-2", "abc-2")
    )
    assert "No machine here is called that" in others
    assert _without_tokens(others) == _without_tokens(none)


def _without_tokens(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrf" not in line.lower() and "nonce" not in line.lower()]


def test_an_export_of_a_part_records_no_names_from_elsewhere(
    world: World, note: Note, client_of: ClientOf, address: Address
) -> None:
    note("watcher", actions.VM_WRITE, world.other_vm.scope)
    note("contributor", actions.VM_WRITE, world.vm.scope)
    give(world.people["bystander"], world.contoso, CONSOLE_AUDITOR, world.vm.scope)
    new = address("audit_export_new", scope=world.vm.scope)
    client_of("bystander").post(f"{new}?who=t&machine=web-", {"form": "csv"})
    recorded = AuditEntry.objects.get(action=actions.AUDIT_EXPORT).details["filters"]
    assert {name: recorded[name] for name in recorded if name != "until"} == {"who": "t", "machine": "web-"}


def test_a_scope_of_another_tenant_finds_nothing(world: World, note: Note, seen: Seen) -> None:
    note("stranger", actions.VM_WRITE, world.foreign_vm.scope)
    assert seen(machine=world.foreign_vm.scope) == []
    assert seen(machine="web-1", who="stranger") == []
