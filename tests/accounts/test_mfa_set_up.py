from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import mfa
from accounts.models import AuditEntry, RecoveryCode, SignIn
from accounts.services.factors import remove_all
from tests.accounts.factors import code_of, codes_for, give_app, give_key, is_signed_in, type_password
from tests.world import PASSWORD, SYSTEM, World


def require_mfa(world: World, minutes: int = 720) -> None:
    world.contoso.require_mfa = True
    world.contoso.mfa_max_age_minutes = minutes
    world.contoso.save()


def new_app(client: Client) -> TOTPDevice:
    client.get("/account/security/authenticator/")
    return TOTPDevice(key=client.session["new_authenticator_key"])


def test_it_counts_an_app_only_once_a_code_of_it_was_right(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("owner")
    device = new_app(client)
    page = client.get("/account/security/authenticator/").content.decode()
    assert "data:image/svg+xml" in page
    assert "style=" not in page.split("<main")[1]
    assert "not right" in client.post("/account/security/authenticator/", {"code": "000000"}).content.decode()
    assert not mfa.has_factor(world.people["owner"])
    code = code_of(device)
    answer = client.post("/account/security/authenticator/", {"code": code})
    assert answer["Location"] == "/account/security/recovery-codes/"
    assert mfa.has_factor(world.people["owner"])
    assert SignIn.objects.get().mfa_at is not None
    fresh = Client()
    type_password(fresh, "owner")
    fresh.post("/sign-in/confirm/", {"code": code})
    assert not is_signed_in(fresh)


def test_it_shows_recovery_codes_once_and_offers_them_as_text(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("owner")
    client.post("/account/security/authenticator/", {"code": code_of(new_app(client))})
    assert mfa.codes_left(world.people["owner"]) == 0
    page = client.post("/account/security/recovery-codes/")
    assert page["Cache-Control"].count("no-store") == 1
    shown = _Codes.of(page.content.decode())
    assert len(shown) == 10
    assert shown[0] not in client.get("/account/security/recovery-codes/").content.decode()
    assert mfa.check_code(world.people["owner"], shown[0]) == "recovery code"


def test_it_leads_somebody_without_a_factor_to_get_one_where_the_tenant_requires_it(world: World) -> None:
    require_mfa(world)
    client = Client()
    assert type_password(client, "owner", next="/vms/")["Location"] == "/account/security/"
    assert "Contoso requires a second factor" in client.get("/account/security/").content.decode()
    client.post("/account/security/authenticator/", {"code": code_of(new_app(client))})
    page = client.post("/account/security/recovery-codes/").content.decode()
    assert 'href="/vms/"' in page
    assert mfa.has_factor(world.people["owner"])


def test_it_sends_whoever_lacks_the_second_factor_from_any_page_to_the_place_where_they_get_it(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("owner")
    assert client.get("/people/").status_code == 200
    require_mfa(world)
    answer = client.get("/people/")
    assert answer["Location"] == "/account/confirm/?next=%2Fpeople%2F"
    assert client.get(answer["Location"])["Location"] == "/account/security/"
    assert client.session["after_factor"] == "/people/"


def test_it_asks_again_after_the_set_age_and_leads_back(world: World) -> None:
    require_mfa(world, minutes=60)
    device = give_app(world.people["owner"])
    client = Client()
    type_password(client, "owner")
    client.post("/sign-in/confirm/", {"code": code_of(device)})
    assert client.get("/people/").status_code == 200
    SignIn.objects.update(mfa_at=timezone.now() - timedelta(minutes=61))
    assert client.get("/people/")["Location"] == "/account/confirm/?next=%2Fpeople%2F"
    TOTPDevice.objects.update(last_t=-1)
    answer = client.post("/account/confirm/", {"code": code_of(device), "next": "/people/"})
    assert answer["Location"] == "/people/"
    assert client.get("/people/").status_code == 200


def test_it_never_confirms_into_a_foreign_place(world: World) -> None:
    device = give_app(world.people["owner"])
    client = Client()
    type_password(client, "owner")
    client.post("/sign-in/confirm/", {"code": code_of(device)})
    TOTPDevice.objects.update(last_t=-1)
    answer = client.post("/account/confirm/", {"code": code_of(device), "next": "https://evil.example/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize(
    "path", ["authenticator/", "authenticator/remove/", "recovery-codes/", "passkeys/options/"]
)
def test_it_asks_who_is_there_before_factors_change(
    world: World, client_of: Callable[[str], Client], path: str
) -> None:
    client = client_of("owner")
    url = f"/account/security/{path}"
    assert client.post(url).status_code in (200, 302)
    SignIn.objects.update(started_at=timezone.now() - timedelta(minutes=11))
    assert client.post(url)["Location"].startswith("/account/confirm/")
    client.post("/account/confirm/", {"password": "wrong", "next": url})
    assert client.post(url)["Location"].startswith("/account/confirm/")
    client.post("/account/confirm/", {"password": PASSWORD, "next": url})
    assert not client.post(url).headers.get("Location", "").startswith("/account/confirm/")


def test_it_asks_for_the_factor_itself_before_one_is_removed(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("owner")
    device = give_app(world.people["owner"])
    assert client.post("/account/security/authenticator/remove/")["Location"].startswith("/account/confirm/")
    assert mfa.has_factor(world.people["owner"])
    client.post("/account/confirm/", {"code": code_of(device)})
    assert client.post("/account/security/authenticator/remove/")["Location"] == "/account/security/"
    assert not mfa.has_factor(world.people["owner"])


def test_it_keeps_the_last_factor_that_a_tenant_requires(world: World) -> None:
    require_mfa(world)
    user = world.people["owner"]
    device = give_app(user)
    codes_for(user)
    client = Client()
    type_password(client, "owner")
    client.post("/sign-in/confirm/", {"code": code_of(device)})
    page = client.post("/account/security/authenticator/remove/").content.decode()
    assert "Contoso requires a second factor, and this is your last one." in page
    assert mfa.has_factor(user)
    give_key(user)
    client.post("/account/security/authenticator/remove/")
    assert mfa.authenticator(user) is None
    assert mfa.codes_left(user) == 10


def test_it_ends_recovery_codes_with_the_last_factor(world: World) -> None:
    user = world.people["owner"]
    device = give_app(user)
    codes_for(user)
    client = Client()
    type_password(client, "owner")
    client.post("/sign-in/confirm/", {"code": code_of(device)})
    client.post("/account/security/authenticator/remove/")
    assert not RecoveryCode.objects.exists()


def test_it_audits_changes_of_factors(world: World, client_of: Callable[[str], Client]) -> None:
    client = client_of("owner")
    client.post("/account/security/authenticator/", {"code": code_of(new_app(client))})
    client.post("/account/security/recovery-codes/")
    client.post("/account/security/authenticator/remove/")
    details = [entry.details.get("second_factor") for entry in AuditEntry.objects.order_by("id")]
    assert [one for one in details if one] == [
        {"added": "authenticator app"},
        {"added": "recovery codes"},
        {"removed": "authenticator app"},
    ]


def test_it_can_be_taken_off_somebody_who_lost_everything(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client, other = client_of("owner"), client_of("reader")
    for name in ("owner", "reader"):
        give_app(world.people[name])
        give_key(world.people[name])
    remove_all(by=SYSTEM, user=world.people["owner"])
    assert not is_signed_in(client)
    assert is_signed_in(other)
    assert type_password(Client(), "owner")["Location"] == "/"
    assert type_password(Client(), "reader")["Location"] == "/sign-in/confirm/"


def test_it_shows_staff_no_keys_of_anybody(world: World, client_of: Callable[[str], Client]) -> None:
    device = give_app(world.people["owner"])
    client = client_of("staff")
    assert client.get("/admin/").status_code == 200
    for app in ("otp_totp/totpdevice", "social_django/usersocialauth"):
        assert client.get(f"/admin/{app}/").status_code == 404, app
    assert client.get(f"/admin/otp_totp/totpdevice/{device.pk}/change/").status_code == 404


class _Codes(HTMLParser):
    """The lines of the page's one block of codes."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.lines = False, ""

    @classmethod
    def of(cls, page: str) -> list[str]:
        parser = cls()
        parser.feed(page)
        return parser.lines.split()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.inside = ("class", "recovery-codes") in attrs

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        self.lines += data if self.inside else ""
