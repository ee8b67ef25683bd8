from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts import throttle
from accounts.models import ApiToken, AuditEntry
from accounts.services.credentials import add_secret
from portal.arm.services import refuse_token
from tests import world as worlds
from tests.arm.conftest import Caller


@pytest.fixture
def secret(world: worlds.World) -> str:
    assert world.program is not None
    return add_secret(by=worlds.SYSTEM, program=world.program)[1]


def ask(world: worlds.World, secret: str, path: str = "/adfs/oauth2/token", **form: str) -> Any:
    assert world.program is not None
    fields = {
        "grant_type": "client_credentials",
        "client_id": str(world.program.client_id),
        "client_secret": secret,
        "scope": "https://localhost:8443//.default",
        "client_info": "1",
        "claims": '{"access_token":{"xms_cc":{"values":["CP1"]}}}',
    } | form
    return Client().post(path, {name: value for name, value in fields.items() if value})


def test_it_gives_a_program_a_token_for_an_hour(world: worlds.World, secret: str) -> None:
    answer = ask(world, secret)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 3600
    assert (
        Caller(answer.json()["access_token"]).get("/tenants").json()["value"][0]["displayName"] == "Contoso"
    )


def test_it_answers_at_every_address_that_clients_use(world: worlds.World, secret: str) -> None:
    tenant = world.contoso.id
    for path in [
        f"/{tenant}/oauth2/v2.0/token",
        f"/{str(tenant).upper()}/OAuth2/V2.0/Token",
        f"/{tenant}/oauth2/token",
        "/contoso/oauth2/v2.0/token",
        "/common/oauth2/v2.0/token",
        "/adfs/oauth2/token/",
    ]:
        assert ask(world, secret, path).status_code == 200, path
    assert ask(world, secret, scope="", resource="https://localhost:8443/").status_code == 200


def test_a_wrong_secret_gets_the_error_that_clients_know(world: worlds.World, secret: str) -> None:
    answer = ask(world, secret + "x")
    assert answer.status_code == 401
    body = answer.json()
    assert (body["error"], body["error_codes"]) == ("invalid_client", [7000215])
    assert body["error_description"].startswith("AADSTS7000215: ")
    assert answer["Cache-Control"] == "no-store"


def test_another_tenants_address_gets_the_same_error(world: worlds.World, secret: str) -> None:
    assert ask(world, secret, f"/{world.contoso.id}/oauth2/v2.0/token").status_code == 200
    foreign = ask(world, secret, f"/{world.fabrikam.id}/oauth2/v2.0/token")
    nowhere = ask(world, secret, "/nowhere/oauth2/v2.0/token")
    assert foreign.status_code == nowhere.status_code == 401
    assert foreign.json()["error_codes"] == nowhere.json()["error_codes"] == [7000215]


@pytest.mark.parametrize(
    ("changed", "error", "number"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type", 70003),
        ({"grant_type": ""}, "invalid_request", 900144),
        ({"client_id": ""}, "invalid_request", 900144),
        ({"client_secret": ""}, "invalid_request", 900144),
    ],
)
def test_a_request_without_what_is_needed_says_so(
    world: worlds.World, secret: str, changed: dict[str, str], error: str, number: int
) -> None:
    answer = ask(world, secret, **changed)
    assert answer.status_code == 400
    assert (answer.json()["error"], answer.json()["error_codes"]) == (error, [number])


def test_it_takes_posts_only(world: worlds.World) -> None:
    assert Client().get("/adfs/oauth2/token").status_code == 405


def test_both_outcomes_are_recorded_and_the_secret_never_is(world: worlds.World, secret: str) -> None:
    assert world.program is not None
    given = ask(world, secret)
    refused = ask(world, "hps_wrong-secret")
    stray = ask(world, secret, client_id=secret)
    assert stray.status_code == 401
    entries = AuditEntry.objects.filter(
        action="Homeport.Directory/signIn/action", principal_kind="ServicePrincipal"
    )
    newest = {entry.request_id: entry for entry in entries}
    assert newest[given["X-Request-Id"]].outcome == "succeeded"
    assert newest[given["X-Request-Id"]].principal_id == world.program.id
    entry = newest[refused["X-Request-Id"]]
    assert (entry.outcome, entry.error_code, entry.chain.tenant) == (
        "refused",
        "AADSTS7000215",
        world.contoso,
    )
    assert newest[stray["X-Request-Id"]].chain.tenant is None
    kept = "".join(str(vars(entry)) for entry in AuditEntry.objects.all())
    token = given.json()["access_token"]
    assert secret not in kept
    assert "wrong-secret" not in kept
    assert token not in kept
    assert not ApiToken.objects.filter(token_hash=token).exists()


def test_wrong_secrets_are_bounded_and_the_right_one_still_passes(world: worlds.World, secret: str) -> None:
    most = settings.SIGN_IN_FAILURES * throttle.ADDRESS_FACTOR
    wrong = [ask(world, f"hps_wrong{number}").status_code for number in range(most + 2)]
    assert wrong == [401] * most + [429] * 2
    refusals = AuditEntry.objects.filter(error_code="AADSTS7000215").count()
    assert refusals == most
    assert ask(world, secret).status_code == 200


def test_wrong_secrets_are_counted_for_a_whole_ipv6_network(world: worlds.World) -> None:
    most = settings.SIGN_IN_FAILURES * throttle.ADDRESS_FACTOR
    addresses = [f"2001:db8::{number:x}" for number in range(most + 1)]
    counted = [refuse_token(client_id="", address=one, request_id="") for one in addresses]
    assert counted == [True] * most + [False]
    assert refuse_token(client_id="", address="2001:db8:0:1::1", request_id="")


def test_discovery_leads_back_to_the_host_that_was_asked(world: worlds.World) -> None:
    found = Client().get(
        "/adfs/.well-known/openid-configuration", secure=True, headers={"Host": "localhost:9443"}
    )
    assert found.json()["token_endpoint"] == "https://localhost:9443/adfs/oauth2/token"
    assert found.json()["authorization_endpoint"].startswith("https://localhost:9443/")
    path = f"/{world.contoso.id}/v2.0/.well-known/openid-configuration"
    tenant = Client().get(path, secure=True, headers={"Host": "localhost:9443"}).json()
    assert tenant["token_endpoint"] == f"https://localhost:9443/{world.contoso.id}/oauth2/v2.0/token"


def test_the_endpoints_document_has_what_clients_index(world: worlds.World) -> None:
    found = (
        Client()
        .get("/metadata/endpoints?api-version=2022-09-01", secure=True, headers={"Host": "localhost"})
        .json()
    )
    assert found["name"] == "Homeport"
    assert found["authentication"]["loginEndpoint"] == "https://localhost/adfs"
    assert found["authentication"]["audiences"] == ["https://localhost/"]
    assert found["resourceManager"] == "https://localhost"
    assert found["suffixes"] == {}
