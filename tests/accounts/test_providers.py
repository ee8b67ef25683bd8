import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts import actions
from accounts.models import AuditEntry, IdentityProvider
from accounts.secrets import unseal
from accounts.services.providers import check_issuer, discover
from tests.accounts.test_people import refused
from tests.world import World

ClientOf = Callable[[str], Client]
FILLED = {
    "name": "Contoso ID",
    "slug": "contoso-id",
    "issuer": "https://id.example.com",
    "client_id": "homeport",
    "client_secret": "very-secret-1",
    "allowed_domains": "Example.com\n@example.org\n",
    "membership_claim": "groups",
    "membership_values": "operators",
}


class Issuer(ThreadingHTTPServer):
    """Answers with whatever the test puts into `answer`."""

    answer: tuple[int, bytes] = (200, b"{}")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def says(self, **document: str) -> None:
        self.answer = (200, json.dumps(document).encode())


class Handler(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    server = Issuer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def complete(issuer: Issuer) -> dict[str, str]:
    at = issuer.address
    return {
        "issuer": at,
        "authorization_endpoint": f"{at}/authorize",
        "token_endpoint": f"{at}/token",
        "jwks_uri": f"{at}/keys",
    }


@pytest.fixture
def provider(world: World, client_of: ClientOf) -> IdentityProvider:
    assert client_of("owner").post("/tenant/providers/new/", FILLED).status_code == 302
    return IdentityProvider.objects.get(tenant=world.contoso)


def test_a_provider_is_kept_with_its_secret_sealed_and_never_shown(
    world: World, client_of: ClientOf, provider: IdentityProvider
) -> None:
    assert unseal(provider.sealed_client_secret) == "very-secret-1"
    assert provider.allowed_domains == ["example.com", "example.org"]
    assert provider.membership_values == ["operators"]
    text = client_of("owner").get(f"/tenant/providers/{provider.id}/").content.decode()
    assert "http://testserver/sign-in/from/contoso-id/" in text
    for secret in ("very-secret-1", provider.sealed_client_secret):
        assert secret not in text + str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_an_empty_secret_keeps_the_one_there_is(client_of: ClientOf, provider: IdentityProvider) -> None:
    address = f"/tenant/providers/{provider.id}/"
    client_of("owner").post(address, {**FILLED, "name": "Renamed", "client_secret": ""})
    provider.refresh_from_db()
    assert (provider.name, unseal(provider.sealed_client_secret)) == ("Renamed", "very-secret-1")


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("issuer", "http://id.example.com", "starts with https://"),
        ("issuer", "https://id.example.com/?a=b", "no question mark"),
        ("slug", "Not A Slug", "lower-case letters, digits and hyphens"),
        ("allowed_domains", "someone@example.com", "is no domain"),
        ("membership_values", "", "Enter at least one"),
        ("membership_claim", "", "Which claim holds these values"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(
    client_of: ClientOf, field: str, value: str, sentence: str
) -> None:
    answer = client_of("owner").post("/tenant/providers/new/", {**FILLED, field: value})
    assert sentence in answer.content.decode()
    assert "Contoso ID" in answer.content.decode()
    assert "very-secret-1" not in answer.content.decode()
    assert not IdentityProvider.objects.exists()


@pytest.mark.parametrize("act", ["", "test/", "disable/", "enable/"])
def test_only_who_may_change_the_tenant_touches_its_providers(
    world: World, client_of: ClientOf, provider: IdentityProvider, act: str
) -> None:
    address = f"/tenant/providers/{provider.id}/{act}"
    refused(client_of("reader").post(address), actions.TENANT_WRITE, world.contoso.scope)
    assert client_of("stranger").post(address).status_code == 404
    if act != "test/":
        assert client_of("owner").post(address, FILLED).status_code == 302


def test_it_is_disabled_in_two_steps_and_enabled_again(
    client_of: ClientOf, provider: IdentityProvider
) -> None:
    owner, address = client_of("owner"), f"/tenant/providers/{provider.id}/"
    assert "Nobody signs in through it" in owner.get(f"{address}disable/").content.decode()
    owner.post(f"{address}disable/")
    assert not IdentityProvider.objects.get().is_active
    owner.post(f"{address}enable/")
    assert IdentityProvider.objects.get().is_active


def test_the_test_button_says_what_the_issuer_answers(
    client_of: ClientOf, provider: IdentityProvider, issuer: Issuer
) -> None:
    issuer.says(**complete(issuer))
    IdentityProvider.objects.update(issuer=issuer.address)
    text = client_of("owner").post(f"/tenant/providers/{provider.id}/test/").content.decode()
    assert "its document is complete" in text
    assert f"{issuer.address}/authorize" in text


def test_a_complete_document_is_no_problem(issuer: Issuer) -> None:
    issuer.says(**complete(issuer))
    found = discover(issuer.address + "/")
    assert (found.problem, found.token_endpoint) == ("", f"{issuer.address}/token")


def test_each_thing_that_can_be_wrong_is_said(issuer: Issuer) -> None:
    issuer.says(**{**complete(issuer), "issuer": "https://other.example"})
    assert "calls itself https://other.example" in discover(issuer.address).problem
    issuer.says(**{**complete(issuer), "jwks_uri": ""})
    assert "lacks jwks_uri" in discover(issuer.address).problem
    issuer.answer = (404, b"")
    assert "status 404" in discover(issuer.address).problem
    issuer.answer = (302, b"")
    assert "status 302" in discover(issuer.address).problem
    for body in (b"<html>", b"[]", b"5", b'{"issuer": "' + b"x" * 600_000 + b'"}'):
        issuer.answer = (200, body)
        assert "no discovery document" in discover(issuer.address).problem


def test_an_issuer_that_is_not_there_is_said(issuer: Issuer) -> None:
    address = issuer.address
    issuer.shutdown()
    issuer.server_close()
    assert "cannot be reached" in discover(address).problem


def test_an_issuer_that_answers_too_slowly_is_said(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.services.providers.SECONDS", 0.05)
    monkeypatch.setattr(Handler, "do_GET", lambda self: threading.Event().wait(0.5))
    assert "did not answer" in discover(issuer.address).problem


def test_an_issuer_that_stops_in_the_middle_is_said(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    def stall(self: Handler) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.flush()
        threading.Event().wait(0.5)

    monkeypatch.setattr("accounts.services.providers.SECONDS", 0.1)
    monkeypatch.setattr(Handler, "do_GET", stall)
    assert "did not answer" in discover(issuer.address).problem


def test_plain_http_is_for_this_machine_and_never_for_production(settings: object) -> None:
    check_issuer("http://127.0.0.1:9000")
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    with pytest.raises(ValidationError):
        check_issuer("http://127.0.0.1:9000")
