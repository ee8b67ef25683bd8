from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, AuditEntry, SignIn
from accounts.services.credentials import principal_of_token
from tests.world import World


def make(client: Client, name: str = "deploy", days: object = 30) -> Any:
    return client.post("/account/tokens/new/", {"name": name, "days": days})


def shown(page: Any) -> str:
    return str(page.content.decode().split('user-select-all">')[1].split("<")[0])


def test_it_shows_a_token_once_and_keeps_only_its_hash(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("owner")
    page = make(client)
    text = shown(page)
    assert "no-store" in page["Cache-Control"]
    found = principal_of_token(text)
    assert found is not None
    assert (found.id, found.tenant_id) == (world.people["owner"].id, world.contoso.id)
    assert text not in str(ApiToken.objects.values())
    assert text not in str(AuditEntry.objects.values())
    assert text not in client.get("/account/security/").content.decode()


@pytest.mark.parametrize("days", [0, -1, 366, "", "many"])
def test_it_refuses_a_life_that_is_too_short_or_too_long(
    client_of: Callable[[str], Client], days: object
) -> None:
    client = client_of("owner")
    page = make(client, days=days)
    assert page.context["form"].errors["days"]
    assert "deploy" in page.content.decode()
    assert not ApiToken.objects.exists()
    assert make(client, days=365).status_code == 200
    assert ApiToken.objects.count() == 1


def test_it_revokes_only_ones_own_tokens(client_of: Callable[[str], Client]) -> None:
    owner, reader = client_of("owner"), client_of("reader")
    text = shown(make(owner))
    url = f"/account/tokens/{ApiToken.objects.get().id}/revoke/"
    assert reader.post(url).status_code == 404
    assert principal_of_token(text) is not None
    assert owner.post(url).status_code == 302
    assert principal_of_token(text) is None


def test_it_asks_who_is_there_before_it_makes_one(client_of: Callable[[str], Client]) -> None:
    client = client_of("owner")
    SignIn.objects.update(started_at=timezone.now() - timedelta(minutes=11))
    assert make(client)["Location"].startswith("/account/confirm/")
    assert not ApiToken.objects.exists()
    client.post("/account/confirm/", {"password": "correct horse battery"})
    assert make(client).status_code == 200
    assert ApiToken.objects.exists()


def test_it_belongs_to_the_tenant_one_acts_in(world: World, client_of: Callable[[str], Client]) -> None:
    make(client_of("stranger"))
    assert ApiToken.objects.get().tenant == world.fabrikam
