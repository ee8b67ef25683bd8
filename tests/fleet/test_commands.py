import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts import actions
from accounts.access import decide
from accounts.models import AuditEntry, RoleAssignment
from portal.fleet.models import ResourceGroup, Subscription, VirtualMachine
from tests.accounts.test_commands import refused, run
from tests.world import World

NEW = {
    "subscription": "production",
    "resource_group": "web",
    "name": "web-9",
    "os": "linux",
    "serial": "tcp://127.0.0.1:4000",
}


def test_it_registers_a_machine_with_its_serial_port(world: World) -> None:
    made = run("vm_add", **NEW, host="rack-7", size="big", machine="qemu+unix:///run/web-9.qmp")
    vm = VirtualMachine.objects.get(name="web-9")
    assert made["id"] == vm.scope
    assert (vm.os, vm.host, vm.size, vm.machine_url) == (
        "Linux",
        "rack-7",
        "big",
        "qemu+unix:///run/web-9.qmp",
    )
    assert [port.url for port in vm.ports.all()] == ["tcp://127.0.0.1:4000"]
    assert (
        AuditEntry.objects.filter(scope=vm.scope, action=actions.VM_WRITE)
        .get()
        .principal_name.startswith("manage.py vm_add by ")
    )


def test_a_subscription_can_be_named_by_its_id_and_a_group_in_any_case(world: World) -> None:
    run("vm_add", **{**NEW, "subscription": str(world.subscription.id), "resource_group": "WEB"})
    assert VirtualMachine.objects.get(name="web-9").resource_group == world.group


def test_it_creates_the_resource_group_when_told(world: World) -> None:
    run("vm_add", **{**NEW, "resource_group": "edge"}, create_group=True, location="hall-2")
    vm = VirtualMachine.objects.get(name="web-9")
    assert (vm.resource_group.name, vm.resource_group.location, vm.location) == ("edge", "hall-2", "hall-2")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"subscription": "nowhere"}, "There is no subscription nowhere. There are: factory, production."),
        ({"resource_group": "edge"}, "There is no resource group edge in production. Add --create-group"),
        ({"name": "web-1"}, "This name is taken here."),
        ({"name": "web one"}, "Use letters, digits"),
        ({"os": "plan9"}, "plan9 is no operating system that Homeport knows. Give linux or windows."),
        ({"serial": "http://x"}, "http://x is no serial endpoint."),
        ({"serial": "tcp://127.0.0.1"}, "--serial: tcp://127.0.0.1 needs a host and a port"),
        ({"serial": "tcp://127.0.0.1:99999"}, "The port of tcp://127.0.0.1:99999 must be a number from 1 to"),
        ({"serial": "tcp://127.0.0.1:0"}, "The port of tcp://127.0.0.1:0 must be a number from 1 to 65535."),
        ({"serial": "tcp://[::1"}, "is not a URL"),
        ({"machine": "ftp://x"}, "--machine: ftp://x is no machine endpoint."),
    ],
)
def test_it_refuses_bad_values_and_creates_nothing(
    world: World, options: dict[str, str], sentence: str
) -> None:
    vms, entries = VirtualMachine.objects.count(), AuditEntry.objects.count()
    assert sentence in refused("vm_add", **{**NEW, **options})
    assert (VirtualMachine.objects.count(), AuditEntry.objects.count()) == (vms, entries)


def test_on_an_empty_installation_it_says_what_comes_first(db: None) -> None:
    sentence = refused("vm_add", **NEW)
    assert "subscription_add" in sentence
    assert "--create-group" in sentence


def test_a_subscription_of_a_name_that_is_taken_is_refused_in_plain_words(world: World) -> None:
    assert refused("subscription_add", tenant="contoso", name="production") == "This name is taken."


def test_a_group_made_for_a_machine_that_is_refused_does_not_stay(world: World) -> None:
    refused("vm_add", **{**NEW, "resource_group": "edge", "serial": "http://x"}, create_group=True)
    assert not ResourceGroup.objects.filter(name="edge").exists()


def test_two_subscriptions_of_one_name_are_told_apart_by_id(world: World) -> None:
    run("subscription_add", tenant="fabrikam", name="production")
    assert "Give its id" in refused("vm_add", **NEW)


def test_it_creates_a_subscription_and_a_resource_group(world: World) -> None:
    made = run("subscription_add", tenant="contoso", name="lab", id="11111111-2222-4333-8444-555555555555")
    assert made["scope"] == "/subscriptions/11111111-2222-4333-8444-555555555555"
    group = run("resource_group_add", subscription="lab", name="edge")
    assert group["scope"] == f"{made['scope']}/resourceGroups/edge"
    assert "is no UUID" in refused("subscription_add", tenant="contoso", name="other", id="x")
    taken = refused(
        "subscription_add", tenant="fabrikam", name="other", id="11111111-2222-4333-8444-555555555555"
    )
    assert "is taken" in taken
    assert Subscription.objects.get(name="lab").tenant == world.contoso


def test_it_lists_machines_of_a_tenant(world: World) -> None:
    rows = run("vm_list", tenant="contoso")
    assert [(row["name"], row["state"]) for row in rows] == [
        ("web-1", "running"),
        ("web-2", "deallocated"),
        ("win-1", "running"),
    ]
    assert len(run("vm_list")) == 4


def test_it_removes_a_machine_only_when_told_twice_and_what_was_assigned_on_it_goes_too(world: World) -> None:
    named = {"subscription": "production", "resource_group": "web", "name": "web-1"}
    scope = world.vm.scope
    assert "1 role assignments" in refused("vm_remove", **named)
    assert VirtualMachine.objects.filter(id=world.vm.id).exists()
    assert run("vm_remove", **named, yes=True) == {"removed": scope, "role_assignments": 1}
    assert not VirtualMachine.objects.filter(id=world.vm.id).exists()
    run("vm_add", **{**NEW, "name": "web-1"})
    again = VirtualMachine.objects.get(subscription=world.subscription, name="web-1")
    assert not decide(world.principal("contributor"), actions.CONNECT, again).allowed
    assert decide(world.principal("owner"), actions.CONNECT, again).allowed


def test_it_turns_consoles_off_with_a_reason(world: World) -> None:
    assert "--reason" in refused("console_switch", subscription="production", off=True)
    made = run("console_switch", subscription="production", off=True, reason="maintenance")
    assert (made["console"], made["changed"], made["virtual_machines"]) == ("off", True, 3)
    world.subscription.refresh_from_db()
    assert (world.subscription.console_enabled, world.subscription.console_reason) == (False, "maintenance")
    assert run("console_switch", subscription="production", on=True, reason="done")["console"] == "on"


def test_it_gives_a_role_and_takes_it_away(world: World) -> None:
    given = {
        "user": "bystander",
        "role": "virtual machine contributor",
        "scope": world.other_vm.scope.upper(),
    }
    assert not decide(world.principal("bystander"), actions.CONNECT, world.other_vm).allowed
    made = run("role_assign", **given, days=3)
    assert made["scope"] == world.other_vm.scope
    assert decide(world.principal("bystander"), actions.CONNECT, world.other_vm).allowed
    rows = run("role_list", tenant="contoso", user="bystander")
    assert [(row["role"], row["scope"]) for row in rows] == [
        ("Virtual Machine Contributor", world.other_vm.scope)
    ]
    assert rows[0]["expires"] is not None
    run("role_remove", **given)
    assert not decide(world.principal("bystander"), actions.CONNECT, world.other_vm).allowed
    assert "does not have the role" in refused("role_remove", **given)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"scope": "/subscriptions/nowhere"}, "There is nothing at /subscriptions/nowhere."),
        ({"role": "King"}, "There is no role King. There are: Contributor,"),
        ({"user": "stranger"}, "stranger is no member of Contoso."),
        ({"user": "nobody"}, "There is no user nobody."),
        ({"tenant": "fabrikam"}, "is not in Fabrikam."),
        ({"days": 0}, "--days is 1 to 3650."),
    ],
)
def test_it_refuses_a_role_for_what_is_not_there(
    world: World, options: dict[str, Any], sentence: str
) -> None:
    before = RoleAssignment.objects.count()
    given = {"user": "bystander", "role": "Reader", "scope": world.subscription.scope, **options}
    assert sentence in refused("role_assign", **given)
    assert RoleAssignment.objects.count() == before


def test_a_role_without_a_scope_is_tenant_wide_and_a_program_can_have_one(world: World) -> None:
    run("role_assign", service_principal="pipeline", role="Reader", tenant="contoso")
    assert RoleAssignment.objects.get(principal_id=world.program.id).scope == world.contoso.scope  # type: ignore[union-attr]
    assert "--scope" in refused("role_assign", service_principal="pipeline", role="Reader")


def test_the_last_owner_stays(world: World) -> None:
    assert "no owner left" in refused("role_remove", user="owner", role="Owner", tenant="contoso")


def typed(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command as an operator types it, on an installation without tables."""
    environment = {
        **os.environ,
        "HOMEPORT_VAR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
    }
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    return subprocess.run([*manage, *words], env=environment, capture_output=True, text=True)


def test_on_the_command_line_an_error_is_one_sentence_on_standard_error(tmp_path: Path) -> None:
    ended = typed(tmp_path, "vm_list")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("Refused: The database is not ready (no such table")
    assert ended.stderr.count("\n") == 1


def test_who_asks_for_json_gets_the_error_as_json(tmp_path: Path) -> None:
    ended = typed(tmp_path, "vm_list", "--json")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert json.loads(ended.stderr)["error"].startswith("The database is not ready")
