"""The page on which a tenant says where its audit log goes."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import actions
from accounts.models import AuditEntry, RoleDefinition
from accounts.secrets import unseal
from accounts.services.roles import assign_role
from portal.fleet.models import ForwardTarget
from portal.fleet.services.targets import TESTS
from tests.fleet.forwarding.receiver import receiving
from tests.fleet.listener import Listener
from tests.world import SYSTEM, World

Browsers = Callable[[str], Client]
HOOK = "https://siem.example/collect/very-secret"


@pytest.fixture
def owner(client_of: Browsers) -> Client:
    return client_of("owner")


def add(owner: Client, kind: str, address: str, authority: str = "") -> str:
    given = {"kind": kind, "address": address, "authority": authority}
    return owner.post("/forwarding/", given).content.decode()


def test_a_webhook_is_added_and_its_secret_shown_once_and_sealed(owner: Client) -> None:
    page = add(owner, "webhook", HOOK)
    target = ForwardTarget.objects.get()
    secret = unseal(target.sealed_secret)
    assert re.search(f"<code>{secret}</code>", page)
    again = owner.get("/forwarding/").content.decode()
    assert HOOK in again
    assert secret not in again
    told = AuditEntry.objects.latest("id")
    assert (told.action, told.details) == (
        actions.FORWARDING_WRITE,
        {"forward_target": str(target.id), "created": "https://siem.example"},
    )


def test_to_send_the_audit_log_somewhere_takes_the_right_to_read_it(
    world: World, client_of: Browsers
) -> None:
    person = world.people["bystander"]

    def may(action: str) -> None:
        role = RoleDefinition.objects.create(tenant=world.contoso, name=action, actions=[action])
        assign_role(
            by=SYSTEM, tenant=world.contoso, principal_kind="User", principal_id=person.id, role=role,
            scope=world.contoso.scope,
        )  # fmt: skip

    client, given = client_of("bystander"), {"kind": "syslog", "address": "logs.example", "authority": ""}
    may(actions.TENANT_WRITE)
    page = client.get("/forwarding/").content.decode()
    assert "must have the right to read it" in page
    assert 'name="address"' not in page, "no form that would be refused"
    assert client.post("/forwarding/", given).status_code == 403
    assert not ForwardTarget.objects.exists()
    may(actions.AUDIT_READ)
    assert 'name="address"' in client.get("/forwarding/").content.decode()
    assert client.post("/forwarding/", given).status_code == 200
    assert ForwardTarget.objects.count() == 1


def test_a_syslog_receiver_is_added_with_its_port(owner: Client) -> None:
    assert "Copy it now" not in add(owner, "syslog", "logs.example")
    assert ForwardTarget.objects.get().address == "logs.example:6514"


@pytest.mark.parametrize(
    ("kind", "address", "authority", "why"),
    [
        ("webhook", "http://siem.example/", "", "starts with https://"),
        ("webhook", "https://10.0.0.1/", "", "may not reach"),
        ("syslog", "10.0.0.1:6514", "", "may not reach"),
        ("syslog", "https://siem.example/", "", "a name and a port"),
        ("syslog", "logs.example", "-----BEGIN", "holds no certificate"),
        ("pigeon", "loft", "", "valid choice"),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(
    owner: Client, kind: str, address: str, authority: str, why: str
) -> None:
    assert why in add(owner, kind, address, authority)
    assert not ForwardTarget.objects.exists()


def test_an_address_is_added_once_and_a_tenant_has_a_bounded_number(owner: Client) -> None:
    add(owner, "syslog", "logs.example")
    add(owner, "syslog", "logs.example:6514")
    assert ForwardTarget.objects.count() == 1
    for number in range(ForwardTarget.MOST):
        page = add(owner, "syslog", f"logs{number}.example")
    assert f"at most {ForwardTarget.MOST} targets" in page
    assert ForwardTarget.objects.count() == ForwardTarget.MOST


def test_it_shows_how_many_entries_wait(owner: Client) -> None:
    add(owner, "syslog", "logs.example")
    assert "<td>1</td>" in owner.get("/forwarding/").content.decode()


def test_a_test_says_whether_it_arrived_and_lets_what_waits_follow(
    owner: Client, listener: Listener, tmp_path: Path
) -> None:
    add(owner, "webhook", listener.url)
    hook = ForwardTarget.objects.get()
    ForwardTarget.objects.update(tries=9)
    assert "The test reached" in owner.post(f"/forwarding/{hook.id}/test/", follow=True).content.decode()
    assert b'"kind":"test"' in listener.got[0][1]
    hook.refresh_from_db()
    assert (hook.tries, hook.next_try_at) == (0, None)
    with receiving(tmp_path) as receiver:
        add(owner, "syslog", receiver.address, receiver.authority)
        syslog = ForwardTarget.objects.get(kind="syslog")
        page = owner.post(f"/forwarding/{syslog.id}/test/", follow=True).content.decode()
        assert "The test reached" in page
        assert b"This is a test of Homeport." in receiver.messages[0]
        receiver.manners = "mute"
        page = owner.post(f"/forwarding/{syslog.id}/test/", follow=True).content.decode()
        assert "close_notify" in page


def test_tests_are_bounded_for_a_tenant_since_they_go_to_others(
    owner: Client, client_of: Browsers, listener: Listener, settings: Settings
) -> None:
    settings.SIGN_IN_FAILURES = 1

    def tried(owner: Client) -> str:
        add(owner, "webhook", listener.url)
        where = f"/forwarding/{ForwardTarget.objects.latest('created_at').id}/"
        page = owner.post(f"{where}test/", follow=True).content.decode()
        owner.post(f"{where}remove/")
        return page

    for _ in range(TESTS):
        assert "The test reached" in tried(owner)
    before = AuditEntry.objects.count()
    refused = tried(owner)
    assert "Too many tests: they go to others, who must not be flooded from here." in refused
    assert "Try again in 15 minutes." in refused
    assert AuditEntry.objects.count() == before + 2, "added and removed: what was not tried is not recorded"
    assert len(listener.got) == TESTS
    assert "The test reached" in tried(client_of("stranger")), "another tenant's are its own"


def test_one_is_turned_off_and_on_and_gets_a_new_secret(owner: Client) -> None:
    add(owner, "webhook", HOOK)
    target = ForwardTarget.objects.get()
    owner.post(f"/forwarding/{target.id}/switch/")
    assert not ForwardTarget.objects.get().enabled
    owner.post(f"/forwarding/{target.id}/switch/", {"enabled": "1"})
    page = owner.post(f"/forwarding/{target.id}/secret/").content.decode()
    renewed = ForwardTarget.objects.get()
    assert renewed.enabled
    assert renewed.sealed_secret != target.sealed_secret
    assert unseal(renewed.sealed_secret) in page


def test_a_target_is_removed_after_a_question(owner: Client) -> None:
    add(owner, "syslog", "logs.example")
    where = f"/forwarding/{ForwardTarget.objects.get().id}/remove/"
    assert "The log itself stays here." in owner.get(where).content.decode()
    assert ForwardTarget.objects.exists()
    owner.post(where)
    assert not ForwardTarget.objects.exists()
    assert AuditEntry.objects.latest("id").details["removed"] == "logs.example:6514"


def test_another_tenants_targets_are_not_there_and_its_owner_has_them(
    world: World, owner: Client, client_of: Browsers
) -> None:
    add(owner, "syslog", "logs.example")
    where = f"/forwarding/{ForwardTarget.objects.get().id}"
    stranger = client_of("stranger")
    assert "logs.example" not in stranger.get("/forwarding/").content.decode().replace("logs.example.com", "")
    for act in ("test", "switch", "secret", "remove"):
        assert stranger.post(f"{where}/{act}/").status_code == 404
        assert client_of("auditor").post(f"{where}/{act}/").status_code == 403
    assert owner.post(f"{where}/switch/").status_code == 302
