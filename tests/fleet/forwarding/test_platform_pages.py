"""The page of the staff's site on which the platform's own audit log is sent elsewhere."""

import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import actions
from accounts.models import AuditEntry
from accounts.secrets import unseal
from portal.fleet.models import ForwardTarget
from portal.fleet.services.targets import TESTS
from tests.fleet.listener import Listener
from tests.world import World

Browsers = Callable[[str], Client]
PAGE = "/admin/forwarding/"
HOOK = "https://siem.example/collect/very-secret"


@pytest.fixture
def staff(client_of: Browsers) -> Client:
    return client_of("staff")


def add(client: Client, kind: str, address: str, where: str = PAGE) -> str:
    return client.post(where, {"kind": kind, "address": address, "authority": ""}).content.decode()


def test_a_webhook_is_added_and_its_secret_shown_once_and_each_change_is_in_the_platforms_chain(
    staff: Client,
) -> None:
    page = add(staff, "webhook", HOOK)
    target = ForwardTarget.objects.get()
    assert target.tenant is None
    secret = unseal(target.sealed_secret)
    assert f"<code>{secret}</code>" in page
    shown = staff.get(PAGE).content.decode()
    assert (HOOK in shown, secret in shown) == (True, False)
    where = f"{PAGE}{target.id}/"
    renewed = re.search(r"<code>(hp_forward\S+)</code>", staff.post(f"{where}secret/").content.decode())
    assert renewed
    assert renewed[1] == unseal(ForwardTarget.objects.get().sealed_secret) != secret
    staff.post(f"{where}switch/")
    assert not ForwardTarget.objects.get().enabled
    staff.post(f"{where}switch/", {"enabled": "1"})
    assert ForwardTarget.objects.get().enabled
    assert "The log itself stays here." in staff.get(f"{where}remove/").content.decode()
    assert "is removed." in staff.post(f"{where}remove/", follow=True).content.decode()
    assert not ForwardTarget.objects.exists()
    entries = AuditEntry.objects.filter(action=actions.FORWARDING_WRITE).order_by("id")
    address = "https://siem.example"
    told = [
        {"created": address},
        {"name": address, "new_secret": True},
        {"name": address, "enabled": False},
        {"name": address, "enabled": True},
        {"removed": address},
    ]
    assert [one.details for one in entries] == [{"forward_target": str(target.id), **one} for one in told]
    assert {(one.chain.tenant, one.scope, one.principal_name) for one in entries} == {
        (None, "/platform/forwarding", "staff")
    }


def test_nobody_but_staff_has_the_page_nor_a_target_through_it(
    world: World, staff: Client, client_of: Browsers
) -> None:
    add(staff, "webhook", HOOK)
    where = f"{PAGE}{ForwardTarget.objects.get().id}"
    acts = ("test", "switch", "secret", "remove")
    for name in ("owner", "auditor", "stranger"):
        client = client_of(name)
        assert client.get(PAGE).status_code == 404
        assert client.post(PAGE, {"kind": "syslog", "address": "logs.example"}).status_code == 404
        assert {client.post(f"{where}/{act}/").status_code for act in acts} == {404}
    for act in acts:
        assert Client().post(f"{where}/{act}/")["Location"].startswith("/admin/login/")
    assert ForwardTarget.objects.get().enabled
    assert staff.post(f"{where}/switch/").status_code == 302
    assert not ForwardTarget.objects.get().enabled


def test_a_tenants_targets_and_the_platforms_are_found_on_their_own_page_alone(
    staff: Client, client_of: Browsers
) -> None:
    owner = client_of("owner")
    add(owner, "syslog", "contoso.example", "/forwarding/")
    add(staff, "syslog", "platform.example")
    contosos = ForwardTarget.objects.exclude(tenant=None).get().id
    platforms = ForwardTarget.objects.get(tenant=None).id
    assert "contoso.example" not in staff.get(PAGE).content.decode()
    assert "platform.example" not in owner.get("/forwarding/").content.decode()
    for act in ("test", "switch", "secret", "remove"):
        assert staff.post(f"{PAGE}{contosos}/{act}/").status_code == 404
        assert owner.post(f"/forwarding/{platforms}/{act}/").status_code == 404
    assert ForwardTarget.objects.filter(enabled=True).count() == 2
    assert owner.post(f"/forwarding/{contosos}/switch/").status_code == 302
    assert staff.post(f"{PAGE}{platforms}/switch/").status_code == 302


@pytest.mark.parametrize(
    ("kind", "address", "why"),
    [
        ("webhook", "http://siem.example/", "starts with https://"),
        ("webhook", "https://10.0.0.1/", "may not reach"),
        ("syslog", "10.0.0.1:6514", "may not reach"),
        ("syslog", "https://siem.example/", "a name and a port"),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(
    staff: Client, kind: str, address: str, why: str
) -> None:
    assert why in add(staff, kind, address)
    assert not ForwardTarget.objects.exists()


def test_tests_are_bounded_apart_from_those_of_tenants(
    staff: Client, client_of: Browsers, listener: Listener, settings: Settings
) -> None:
    settings.SIGN_IN_FAILURES = 1

    def tried(client: Client, where: str) -> str:
        target = ForwardTarget.objects.latest("created_at")
        return client.post(f"{where}{target.id}/test/", follow=True).content.decode()

    add(staff, "webhook", listener.url)
    for _ in range(TESTS):
        assert "The test reached" in tried(staff, PAGE)
    assert json.loads(listener.got[-1][1]) == {"kind": "test", "tenant": None, "entries": []}
    assert "Too many tests" in tried(staff, PAGE)
    owner = client_of("owner")
    add(owner, "webhook", listener.url, "/forwarding/")
    assert "The test reached" in tried(owner, "/forwarding/")
