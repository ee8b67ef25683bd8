import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from accounts.models import IdentityProvider, SignIn
from accounts.providers import is_safe_address
from tests.accounts import issuer as issuers
from tests.accounts.factors import code_of, give_app, is_signed_in
from tests.accounts.issuer import Issuer, come_back, leave, make, problem, visit
from tests.run.programs import free_port
from tests.world import World


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuers.running() as running:
        yield running


@pytest.fixture
def provider(world: World, issuer: Issuer) -> IdentityProvider:
    return make(world, issuer)


def test_it_does_not_finish_a_sign_in_whose_provider_was_turned_off_meanwhile(
    provider: IdentityProvider, issuer: Issuer
) -> None:
    visit(Client(), issuer, "contoso-id", "late")
    device = give_app(SignIn.objects.get().user)
    client = Client()
    visit(client, issuer, "contoso-id", "late")
    IdentityProvider.objects.update(is_active=False)
    answer = client.post("/sign-in/confirm/", {"code": code_of(device)})
    assert "turned off" in problem(client, answer)
    assert not is_signed_in(client)


def test_it_says_that_the_provider_was_turned_off_before_and_during(
    provider: IdentityProvider, issuer: Issuer
) -> None:
    client = Client()
    back = issuer.answer(leave(client, "contoso-id"), "someone")
    IdentityProvider.objects.update(is_active=False)
    assert "turned off" in problem(client, come_back(client, back))
    assert "turned off" in problem(client, client.post("/sign-in/with/contoso-id/"))
    provider.delete()
    assert "turned off" in problem(client, client.post("/sign-in/with/contoso-id/"))


def test_it_says_that_the_person_cancelled(provider: IdentityProvider, issuer: Issuer) -> None:
    client = Client()
    back = issuer.answer(leave(client, "contoso-id"), action="deny")
    assert "error=access_denied" in back
    assert "was cancelled" in problem(client, come_back(client, back))


def test_it_says_that_the_provider_cannot_be_reached(world: World, provider: IdentityProvider) -> None:
    IdentityProvider.objects.update(issuer=f"http://127.0.0.1:{free_port()}")
    client, start = Client(), time.monotonic()
    assert "cannot be reached" in problem(client, client.post("/sign-in/with/contoso-id/"))
    assert time.monotonic() - start < 10


def test_it_says_that_the_issuer_is_another_than_the_one_set_up(world: World, issuer: Issuer) -> None:
    make(world, issuer)
    IdentityProvider.objects.update(issuer=f"{issuer.url}/")
    assert leave(Client(), "contoso-id").startswith(f"{issuer.url}/oauth2/authorize")
    IdentityProvider.objects.update(issuer=f"{issuer.url}/.")
    client = Client()
    assert "another issuer" in problem(client, client.post("/sign-in/with/contoso-id/"))


@pytest.mark.parametrize("wrong", [{"code": "wrong"}, {"state": "wrong"}, {"iss": "https://evil.example"}])
def test_it_refuses_an_answer_that_was_changed(
    provider: IdentityProvider, issuer: Issuer, wrong: dict[str, str]
) -> None:
    client = Client()
    genuine = parse_qs(urlsplit(issuer.answer(leave(client, "contoso-id"), "changed")).query)
    query = urlencode({**{key: value[0] for key, value in genuine.items()}, **wrong})
    assert "Start again" in problem(client, client.get(f"/sign-in/from/contoso-id/?{query}"))
    assert not is_signed_in(client)


def test_it_takes_an_answer_once(provider: IdentityProvider, issuer: Issuer) -> None:
    client = Client()
    back = issuer.answer(leave(client, "contoso-id"), "replay")
    assert come_back(client, back)["Location"] == "/"
    client.post("/sign-out/")
    assert "Start again" in problem(client, come_back(client, back))
    assert not is_signed_in(client)


def test_it_takes_no_answer_begun_in_another_browser(provider: IdentityProvider, issuer: Issuer) -> None:
    attacker, victim = Client(), Client()
    back = issuer.answer(leave(attacker, "contoso-id"), "attacker")
    assert "Start again" in problem(victim, come_back(victim, back))
    assert not is_signed_in(victim)
    assert come_back(attacker, back)["Location"] == "/"


def test_it_takes_no_answer_at_another_provider_than_the_one_asked(
    world: World, provider: IdentityProvider, issuer: Issuer
) -> None:
    other = make(world, issuer, "other-id", tenant=world.fabrikam)
    IdentityProvider.objects.filter(id=other.id).update(issuer=f"http://127.0.0.1:{free_port()}")
    client = Client()
    back = issuer.answer(leave(client, "contoso-id"), "mixed")
    assert "Start again" in problem(client, come_back(client, back.replace("contoso-id", "other-id")))
    assert not is_signed_in(client)


def test_it_checks_the_nonce(provider: IdentityProvider, issuer: Issuer) -> None:
    client = Client()
    tampered = leave(client, "contoso-id").replace("nonce=", "nonce=x")
    answer = come_back(client, issuer.answer(tampered, "nonce"))
    assert "Start again" in problem(client, answer)
    assert not is_signed_in(client)
    assert visit(client, issuer, "contoso-id", "nonce")["Location"] == "/"


def test_it_finds_providers_by_their_tenants_short_name_whatever_another_tenant_claims(
    world: World, issuer: Issuer
) -> None:
    make(world, issuer, allowed_domains=["contoso.example"])
    make(
        world,
        issuer,
        "contoso",
        tenant=world.fabrikam,
        name="Fabrikam ID",
        allowed_domains=["contoso.example"],
    )
    client = Client()
    for typed, seen in [
        ("", set()),
        ("contoso", {"Contoso ID"}),
        ("CONTOSO", {"Contoso ID"}),
        ("contoso-id", set()),
        ("me@contoso.example", set()),
        ("fabrikam", {"Fabrikam ID"}),
        ("%", set()),
        ("@", set()),
        ("me@example", set()),
        ("nobody", set()),
    ]:
        page = client.get("/sign-in/", {"tenant": typed}).content.decode()
        assert {name for name in ("Contoso ID", "Fabrikam ID") if name in page} == seen, typed
    assert "No identity provider is known under this name." in page


@pytest.mark.parametrize(
    ("url", "production", "safe"),
    [
        ("https://id.contoso.example", True, True),
        ("http://127.0.0.1:9000", False, True),
        ("http://localhost:9000", False, True),
        ("http://[::1]:9000", False, True),
        ("http://127.0.0.1:9000", True, False),
        ("http://169.254.169.254/", False, False),
        ("http://localhost.evil.example", False, False),
        ("file:///etc/passwd", False, False),
        ("https://", False, False),
    ],
)
def test_it_asks_only_where_it_is_safe_to_ask(settings: Any, url: str, production: bool, safe: bool) -> None:
    settings.PRODUCTION = production
    assert is_safe_address(url) is safe


def test_it_begins_by_post_with_a_token_only(provider: IdentityProvider) -> None:
    assert Client().get("/sign-in/with/contoso-id/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/sign-in/with/contoso-id/").status_code == 403


def test_it_sends_state_nonce_and_a_code_challenge(provider: IdentityProvider) -> None:
    asked = parse_qs(urlsplit(leave(Client(), "contoso-id")).query)
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://testserver/sign-in/from/contoso-id/"]
