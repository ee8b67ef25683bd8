"""The page on which a tenant says where it wants to hear of trouble."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import AuditEntry
from accounts.secrets import unseal
from portal.fleet.models import Alert, AlertTarget
from portal.fleet.services.sightings import record_sighting
from portal.fleet.services.targets import TESTS
from tests.fleet.listener import Listener
from tests.world import World

Browsers = Callable[[str], Client]
HOOK = "https://hooks.example/services/T0/very-secret"


@pytest.fixture
def owner(client_of: Browsers) -> Client:
    return client_of("owner")


def add(owner: Client, kind: str, address: str) -> str:
    return owner.post("/tenant/alerts/", {"kind": kind, "address": address}).content.decode()


def test_a_webhook_is_added_and_its_secret_shown_once_and_sealed(owner: Client) -> None:
    page = add(owner, "webhook", HOOK)
    target = AlertTarget.objects.get()
    secret = unseal(target.sealed_secret)
    assert re.search(f"<code>{secret}</code>", page)
    assert secret not in target.sealed_secret
    again = owner.get("/tenant/alerts/").content.decode()
    assert HOOK in again
    assert secret not in again
    told = AuditEntry.objects.latest("id").details
    assert told == {"alert_target": str(target.id), "created": "https://hooks.example"}


@pytest.mark.parametrize(
    ("kind", "address", "why"),
    [
        ("webhook", "http://hooks.example/", "starts with https://"),
        ("webhook", "https://10.0.0.1/", "may not reach"),
        ("webhook", "https://[fd00::1]/", "may not reach"),
        ("webhook", "https://me:word@hooks.example/", "no user name"),
        ("webhook", "https://:word@hooks.example/", "no user name"),
        ("webhook", "ftp://hooks.example/", "starts with https://"),
        ("email", "nobody", "valid email"),
        ("pigeon", "loft", "valid choice"),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(
    owner: Client, kind: str, address: str, why: str
) -> None:
    assert why in add(owner, kind, address)
    assert not AlertTarget.objects.exists()


def test_an_address_is_added_once_and_a_tenant_has_a_bounded_number(owner: Client) -> None:
    add(owner, "webhook", HOOK)
    add(owner, "webhook", HOOK)
    assert AlertTarget.objects.count() == 1
    for number in range(AlertTarget.MOST):
        page = add(owner, "webhook", f"{HOOK}/{number}")
    assert f"at most {AlertTarget.MOST} targets" in page
    assert AlertTarget.objects.count() == AlertTarget.MOST


def test_one_that_nothing_went_to_yet_is_not_called_active(owner: Client, listener: Listener) -> None:
    state = "state-on"
    add(owner, "webhook", listener.url)
    page = owner.get("/tenant/alerts/").content.decode()
    assert "not tried yet" in page
    assert state not in page
    owner.post(f"/tenant/alerts/{AlertTarget.objects.get().id}/test/")
    page = owner.get("/tenant/alerts/").content.decode()
    assert state in page
    assert "not tried yet" not in page


def test_without_a_mail_server_there_is_no_mail_to_choose(owner: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert 'value="email"' not in owner.get("/tenant/alerts/").content.decode()
    assert "valid choice" in add(owner, "email", "ops@contoso.example")


def test_a_test_says_whether_it_arrived(owner: Client, listener: Listener) -> None:
    add(owner, "webhook", listener.url)
    target = AlertTarget.objects.get()
    page = owner.post(f"/tenant/alerts/{target.id}/test/", follow=True).content.decode()
    assert "The test reached" in page
    assert b'"kind":"test"' in listener.got[0][1]
    listener.status = 500
    page = owner.post(f"/tenant/alerts/{target.id}/test/", follow=True).content.decode()
    assert "It answered with status 500." in page


def test_a_test_of_a_mailbox_sends_a_mail(owner: Client) -> None:
    assert "ops@contoso.example is added." in add(owner, "email", "ops@contoso.example")
    owner.post(f"/tenant/alerts/{AlertTarget.objects.get().id}/test/")
    assert [sent.to for sent in mail.outbox] == [["ops@contoso.example"]]


def test_one_that_is_turned_off_gets_nothing_and_what_waited_is_given_up(world: World, owner: Client) -> None:
    add(owner, "webhook", HOOK)
    target = AlertTarget.objects.get()
    record_sighting(vm=world.vm, kind="panic", at=timezone.now())
    assert "web-1" in owner.get("/tenant/alerts/").content.decode()
    owner.post(f"/tenant/alerts/{target.id}/switch/")
    assert Alert.objects.get().given_up_at
    record_sighting(vm=world.other_vm, kind="panic", at=timezone.now())
    assert Alert.objects.count() == 1
    owner.post(f"/tenant/alerts/{target.id}/switch/", {"enabled": "1"})
    record_sighting(vm=world.windows_vm, kind="panic", at=timezone.now())
    assert Alert.objects.count() == 2


def test_tests_are_bounded_for_a_tenant_since_they_go_to_others(owner: Client, settings: Settings) -> None:
    settings.SIGN_IN_FAILURES = 1
    add(owner, "email", "ops@contoso.example")
    where = f"/tenant/alerts/{AlertTarget.objects.get().id}/test/"
    pages = [owner.post(where, follow=True).content.decode() for _ in range(TESTS + 1)]
    assert "Too many tests" in pages.pop()
    assert all("The test reached" in page for page in pages)
    assert len(mail.outbox) == TESTS


def test_a_new_secret_replaces_the_old_one(owner: Client) -> None:
    add(owner, "webhook", HOOK)
    target = AlertTarget.objects.get()
    page = owner.post(f"/tenant/alerts/{target.id}/secret/").content.decode()
    renewed = AlertTarget.objects.get()
    assert renewed.sealed_secret != target.sealed_secret
    assert unseal(renewed.sealed_secret) in page


def test_a_target_is_removed_after_a_question(owner: Client) -> None:
    add(owner, "webhook", HOOK)
    where = f"/tenant/alerts/{AlertTarget.objects.get().id}/remove/"
    assert "Nobody hears of trouble there any more." in owner.get(where).content.decode()
    assert AlertTarget.objects.exists()
    owner.post(where)
    assert not AlertTarget.objects.exists()


def test_another_tenants_targets_are_not_there_and_its_owner_has_them(
    world: World, owner: Client, client_of: Browsers
) -> None:
    add(owner, "webhook", HOOK)
    where = f"/tenant/alerts/{AlertTarget.objects.get().id}"
    stranger = client_of("stranger")
    assert HOOK not in stranger.get("/tenant/alerts/").content.decode()
    for act in ("test", "switch", "secret", "remove"):
        assert stranger.post(f"{where}/{act}/").status_code == 404
        assert client_of("auditor").post(f"{where}/{act}/").status_code == 403
    assert owner.post(f"{where}/switch/").status_code == 302
