"""Each filter finds what it names and nothing else; what is sealed is found by the same words."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.audit_matching import fitting
from accounts.audit_names import names_with
from accounts.audit_selectors import Filters, entries_at, search
from accounts.models import AuditEntry
from portal.fleet.review.filters import from_json, to_json
from tests.fleet.review.conftest import Note, Seen
from tests.world import World


def test_a_machine_is_found_by_name_with_what_happened_at_its_ports(
    world: World, note: Note, seen: Seen
) -> None:
    port = note(
        "contributor", actions.CONNECT, f"{world.vm.scope}/providers/Microsoft.SerialConsole/serialPorts/0"
    )
    own = note("contributor", actions.VM_WRITE, world.vm.scope)
    other = note("contributor", actions.VM_WRITE, world.other_vm.scope)
    assert {port, own} <= set(seen(machine="WEB-1"))
    assert other not in seen(machine="web-1")
    assert {own, other} <= set(seen(machine="web"))
    assert seen(machine="nothing-of-this-name") == []


def test_a_machine_that_is_gone_is_found_by_its_scope(world: World, note: Note, seen: Seen) -> None:
    scope = world.vm.scope.replace("web-1", "long-gone")
    entry = note("contributor", actions.VM_DELETE, scope)
    assert seen(machine=scope) == [entry]
    assert seen(machine=scope.upper() + "/") == [entry]


def test_a_subscription_an_address_and_a_request_are_found(world: World, note: Note, seen: Seen) -> None:
    entry = note("contributor", actions.VM_WRITE, world.vm.scope)
    assert entry in seen(subscription=str(world.subscription.id), family="Microsoft.Compute/")
    assert entry in seen(address="127.0.0.1", machine="web-1")
    assert seen(address="192.0.2.1") == []
    read = seen(family="Homeport.Audit/")[0]
    assert read in seen(request=read.request_id)
    assert entry not in seen(request=read.request_id)


def test_a_page_below_the_tenant_offers_no_subscriptions(
    world: World, client_of: Callable[[str], Client], address: Callable[..., str]
) -> None:
    client = client_of("auditor")
    wide = client.get(address("activity")).context["form"]
    narrow = client.get(address("activity", scope=world.vm.scope)).context["form"]
    assert list(wide.fields["subscription"].queryset) == [world.subscription]
    assert "subscription" not in narrow.fields


def test_times_are_of_minutes_and_a_day_alone_is_the_whole_of_it(
    world: World, note: Note, seen: Seen
) -> None:
    entry = note("contributor", actions.VM_WRITE, world.vm.scope)
    at = entry.at
    assert entry in seen(since=f"{at:%Y-%m-%dT%H:%M}")
    assert entry not in seen(until=f"{at - timedelta(minutes=1):%Y-%m-%dT%H:%M}")
    assert entry in seen(until=f"{at:%Y-%m-%d}")


def test_names_are_found_wherever_they_contain_it_and_in_any_case(world: World, note: Note) -> None:
    note("contributor", actions.VM_WRITE, world.vm.scope)
    note("watcher", actions.WATCH, world.vm.scope)
    assert names_with(world.contoso.id, "TRIBUT") == ["contributor"]
    assert "watcher" in names_with(world.contoso.id, "")
    assert names_with(world.fabrikam.id, "contributor") == []


CASES = [
    {},
    {"names": ["contributor"]},
    {"names": []},
    {"names": [], "people": ""},
    {"names": ["watcher"], "people": "contributor"},
    {"names": [], "people": "contributor"},
    {"family": "Microsoft.Compute/"},
    {"outcome": "refused"},
    {"address": "127.0.0.1"},
    {"address": "192.0.2.1"},
    {"request": "of nobody"},
]


@pytest.mark.parametrize("case", CASES)
def test_files_and_table_agree_on_what_fits(world: World, note: Note, case: dict[str, object]) -> None:
    note("contributor", actions.CONNECT, f"{world.vm.scope}/providers/Microsoft.SerialConsole/serialPorts/0")
    note("watcher", actions.VM_WRITE, world.other_vm.scope, outcome="refused")
    note("contributor", actions.VM_WRITE, world.vm.scope + "0")
    if "people" in case:
        case = {**case, "people": [world.people[who].id for who in [case["people"]] if who]}
    now = timezone.now()
    for more in (
        {},
        {"places": [world.vm.scope_key]},
        {"subscription": world.subscription.scope},
        {"person": world.people["watcher"].id},
        {"since": now - timedelta(hours=1), "until": now + timedelta(hours=1)},
        {"until": now - timedelta(hours=1)},
    ):
        filters = Filters(**{**case, **more})  # type: ignore[arg-type]
        for scope in (world.contoso.scope, world.subscription.scope, world.group.scope, world.vm.scope):
            table = search(entries_at(world.contoso, scope), filters)
            fits = fitting(world.contoso, scope, filters)
            everything = AuditEntry.objects.filter(chain__tenant=world.contoso)
            assert set(table) == {entry for entry in everything if fits(entry)}, (filters, scope)


def test_filters_are_the_same_after_a_job_has_read_them(world: World) -> None:
    now = timezone.now()
    filters = Filters(
        person=world.people["watcher"].id, names=["a"], places=[], subscription="/subscriptions/x",
        outcome="failed", since=now, until=now,
    )  # fmt: skip
    assert from_json(to_json(filters)) == filters
    assert from_json(to_json(Filters())) == Filters()
