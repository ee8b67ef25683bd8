"""Whoever only passes by leaves no row behind: a session begins where there is something to keep."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import IdentityProvider
from accounts.services import first_admin
from accounts.services.tenants import invite
from tests.world import SYSTEM, World


@pytest.fixture
def provider(world: World) -> IdentityProvider:
    return IdentityProvider.objects.create(
        tenant=world.contoso, slug="contoso-id", name="Contoso ID", issuer="http://127.0.0.1:9", client_id="x"
    )


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("/invitations/hpi_guess/", "This invitation is not open"),
        ("/welcome/hpw_guess/", "This link is not open"),
        ("/sign-in/confirm/", "That took too long. Sign in again."),
        ("/sign-in/from/contoso-id/?code=x&state=x", "took too long or was used already"),
        ("/sign-in/from/contoso-id/?error=access_denied&state=x", "alert-danger"),
        ("/sign-in/from/nobodys-id/", "turned off"),
        ("/sign-in/?tenant=contoso", "Continue with Contoso ID"),
        ("/account/", "Sign in"),
    ],
)
@pytest.mark.parametrize("cookie", ["", "0123456789abcdefghijklmnopqrstuv"])
def test_it_keeps_no_session_of_whoever_brings_nothing(
    provider: IdentityProvider, url: str, said: str, cookie: str
) -> None:
    client = Client()
    if cookie:
        client.cookies["sessionid"] = cookie
    assert said in client.get(url, follow=True).content.decode()
    assert not Session.objects.exists()


def test_it_leads_a_browser_that_has_a_session_back_to_the_sign_in_page(world: World) -> None:
    client = Client()
    token = invite(by=SYSTEM, tenant=world.contoso, email="new@contoso.example")[1]
    client.get(f"/invitations/{token}/")
    assert Session.objects.count() == 1
    assert client.get("/sign-in/confirm/")["Location"] == "/sign-in/"
    assert "That took too long" in client.get("/sign-in/").content.decode()
    assert "That took too long" not in client.get("/sign-in/").content.decode()


def test_it_forgets_an_open_link_when_another_is_followed_that_is_not(world: World) -> None:
    client = Client()
    token = invite(by=SYSTEM, tenant=world.contoso, email="new@contoso.example")[1]
    assert client.get(f"/invitations/{token}/", follow=True).status_code == 200
    assert client.get("/invitations/hpi_guess/", follow=True).status_code == 410
    assert client.get("/invitations/accept/").status_code == 410


def test_it_keeps_the_first_administrators_link_while_it_is_open(db: None) -> None:
    client = Client()
    client.get(f"/welcome/{first_admin.new_link_token()}/")
    assert Session.objects.count() == 1
    assert client.get("/welcome/").status_code == 200
