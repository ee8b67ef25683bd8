import io
import json
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts import actions
from accounts.access import Verdict, decide
from accounts.models import AuditEntry, Tenant, User
from accounts.services.credentials import program_with_secret
from accounts.sign_ins import principal_of
from consoles.drivers.scripted.endpoint import options_of
from consoles.drivers.scripted.guest import PASSWORD as GUESTS_PASSWORD
from portal.fleet.models import HealthEvent, SecurityRule, SerialPort, StorageAccount, VirtualMachine
from portal.fleet.sealing.verifying import verify
from portal.fleet.selectors import vms
from tests.world import PASSWORD

AT = {"http": "http://localhost:8000", "https": "https://localhost:8443", "ca": "var/tls/ca.pem"}


@pytest.fixture
def demo(db: None, tmp_path: Path, settings: Any) -> dict[str, Any]:
    settings.VAR_DIR = tmp_path
    call_command("demo_create", **AT, stdout=io.StringIO())
    found: dict[str, Any] = json.loads((tmp_path / "demo.json").read_text())
    return found


def say(**options: str) -> str:
    out = io.StringIO()
    call_command("demo_create", **options, stdout=out)
    return out.getvalue()


def test_the_file_holds_exactly_what_is_promised_and_only_its_owner_reads_it(
    demo: dict[str, Any], settings: Any
) -> None:
    assert stat.S_IMODE((settings.VAR_DIR / "demo.json").stat().st_mode) == 0o600
    assert list(demo) == [
        "http",
        "https",
        "ca",
        "tenants",
        "users",
        "service_principals",
        "subscriptions",
        "vms",
    ]
    assert {name: demo[name] for name in AT} == AT
    shapes = {name: {tuple(one) for one in demo[name]} for name in list(demo)[3:]}
    assert shapes == {
        "tenants": {("id", "name")},
        "users": {("username", "password", "tenant", "may")},
        "service_principals": {("tenant", "client_id", "client_secret", "role", "scope")},
        "subscriptions": {("id", "name", "tenant")},
        "vms": {("id", "name", "resource_group", "subscription_id", "os", "state")},
    }
    assert [tenant["name"] for tenant in demo["tenants"]] == ["Contoso", "Fabrikam"]
    assert sorted(one["tenant"] for one in demo["subscriptions"]) == sorted(
        [t["id"] for t in demo["tenants"]] * 2
    )


def test_every_person_and_program_signs_in_with_what_is_printed(demo: dict[str, Any]) -> None:
    for person in demo["users"]:
        user = authenticate(username=person["username"], password=person["password"])
        assert user is not None, person["username"]
    for program in demo["service_principals"]:
        assert program_with_secret(program["client_id"], program["client_secret"])


def person(demo: dict[str, Any], username: str) -> Any:
    entry = next(one for one in demo["users"] if one["username"] == username)
    user = User.objects.get(username=username)
    return principal_of(
        user, tenant_id=Tenant.objects.get(id=entry["tenant"]).id if entry["tenant"] else None
    )


def test_people_may_what_is_said_of_them(demo: dict[str, Any]) -> None:
    machine = {vm.name: vm for vm in VirtualMachine.objects.all()}
    account = StorageAccount.objects.get(name="contosologs")
    allowed = {
        name: decide(person(demo, name), actions.CONNECT, machine[vm]).allowed
        for name, vm in (
            ("contoso-owner", "web-1"),
            ("contoso-contributor", "web-1"),
            ("contoso-operator", "db-1"),
            ("contoso-on-call", "build-1"),
            ("visiting-engineer", "historian-1"),
            ("fabrikam-owner", "files-1"),
        )
    }
    assert all(allowed.values()), allowed
    refused = ("contoso-watcher", "contoso-auditor", "contoso-reader", "contoso-newcomer")
    for name in refused:
        assert (
            decide(person(demo, name), actions.CONNECT, machine["web-1"]).verdict is Verdict.MISSING_ROLE
        ), name
    assert decide(person(demo, "contoso-watcher"), actions.WATCH, machine["web-1"]).allowed
    assert decide(person(demo, "contoso-contributor"), actions.STORAGE_KEYS, account).allowed
    assert (
        decide(person(demo, "contoso-owner"), actions.CONNECT, machine["gateway-1"]).verdict is Verdict.UNSEEN
    )
    assert decide(person(demo, "platform-staff"), actions.VM_READ, machine["web-1"]).verdict is Verdict.UNSEEN
    assert [vm.name for vm in vms(person(demo, "contoso-contributor"))] == ["web-1"]


def test_the_machines_are_of_both_systems_and_in_many_states(demo: dict[str, Any]) -> None:
    assert {vm["os"] for vm in demo["vms"]} == {"Linux", "Windows"}
    assert {vm["state"] for vm in demo["vms"]} >= {"running", "stopped", "deallocated", "starting"}
    assert set(VirtualMachine.objects.values_list("provisioning_state", flat=True)) == {
        "Succeeded",
        "Creating",
        "Failed",
    }
    assert sum("/virtualMachineScaleSets/web-pool/virtualMachines/" in vm["id"] for vm in demo["vms"]) == 3
    assert {account.kind for account in StorageAccount.objects.all()} == {"managed", "local", "premium"}
    assert SecurityRule.objects.filter(access="Deny", destination_ports="22", protocol="TCP").exists()
    assert HealthEvent.objects.filter(state="Unavailable", vm__name="db-1").exists()
    assert all(vm.interfaces.count() == 1 for vm in VirtualMachine.objects.all())  # type: ignore[attr-defined]


def test_every_console_plays_a_script_that_there_is(demo: dict[str, Any]) -> None:
    played = [options_of(port.url) for port in SerialPort.objects.select_related("vm")]
    assert len(played) == len(demo["vms"])
    assert {one.script for one in played} == {
        "linux-login",
        "emergency",
        "grub",
        "panic",
        "windows-sac",
        "silent",
    }
    assert {one.system for one in played} == {"debian", "ubuntu", "rhel"}


def test_the_sheet_tells_the_password_of_the_guests(db: None, tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    assert f"any user signs in with the password {GUESTS_PASSWORD}." in say(**AT)


def test_all_of_it_is_in_an_unbroken_audit_log_without_any_secret(demo: dict[str, Any]) -> None:
    assert list(verify()) == []
    assert {entry.principal_name for entry in AuditEntry.objects.all()} == {"demonstration"}
    told = json.dumps(list(AuditEntry.objects.values_list("details", flat=True)))
    secrets = [one["password"] for one in demo["users"]] + [
        one["client_secret"] for one in demo["service_principals"]
    ]
    assert not [secret for secret in secrets if secret in told]


def test_again_it_changes_nothing_but_the_addresses(demo: dict[str, Any], settings: Any) -> None:
    before = AuditEntry.objects.count()
    said = say(**{**AT, "http": "http://localhost:9000"})
    assert "still there" in said
    assert not [one for one in demo["users"] if one["password"] in said]
    again = json.loads((settings.VAR_DIR / "demo.json").read_text())
    assert again == {**demo, "http": "http://localhost:9000"}
    assert AuditEntry.objects.count() == before


def test_a_database_in_use_is_left_alone(db: None, tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    User.objects.create_user("somebody", PASSWORD)
    assert say(**AT) == "The database is in use: no demonstration was added.\n"
    assert not Tenant.objects.exists()
    assert not (tmp_path / "demo.json").exists()


def test_where_the_file_cannot_be_written_nothing_is_made(db: None, tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path / "nowhere"
    with pytest.raises(CommandError, match="no demonstration was made"):
        say(**AT)
    assert not Tenant.objects.exists()


def test_it_takes_less_than_three_seconds(db: None, tmp_path: Path, settings: Any) -> None:
    settings.VAR_DIR = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    started = time.process_time()
    say(**AT)
    assert time.process_time() - started < 3
