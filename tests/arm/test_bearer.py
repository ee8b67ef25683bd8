from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken
from accounts.services import people
from tests import world as worlds
from tests.arm.conftest import CallerOf


def test_it_asks_for_a_token_and_says_where_they_come_from(world: worlds.World) -> None:
    answer = Client().get("/subscriptions", headers={"Host": "localhost:8443"})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "AuthenticationFailed"
    assert answer["WWW-Authenticate"].startswith(
        'Bearer authorization_uri="http://localhost:8443/adfs", error="invalid_token"'
    )
    assert "insufficient_claims" not in answer["WWW-Authenticate"]


def test_it_refuses_a_token_it_does_not_know(world: worlds.World, caller_of: CallerOf) -> None:
    owner = caller_of("owner")
    assert owner.get("/subscriptions").status_code == 200
    owner.token += "x"
    answer = owner.get("/subscriptions")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"


def test_it_refuses_other_schemes(world: worlds.World, caller_of: CallerOf) -> None:
    token = caller_of("owner").token
    answer = Client().get("/subscriptions", headers={"Authorization": f"Basic {token}"})
    assert answer.status_code == 401


def test_it_refuses_a_token_whose_time_is_over(world: worlds.World, caller_of: CallerOf) -> None:
    owner = caller_of("owner")
    assert owner.get("/subscriptions").status_code == 200
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert owner.get("/subscriptions").status_code == 401


def test_it_refuses_the_token_of_a_disabled_person(world: worlds.World, caller_of: CallerOf) -> None:
    owner = caller_of("owner")
    assert owner.get("/subscriptions").status_code == 200
    people.set_active(by=worlds.SYSTEM, user=world.people["owner"], active=False)
    assert owner.get("/subscriptions").status_code == 401


def test_a_browser_session_opens_nothing(
    world: worlds.World, caller_of: CallerOf, client_of: Callable[[str], Client]
) -> None:
    browser = client_of("owner")
    switch = f"{world.subscription.scope}/providers/Microsoft.SerialConsole/consoleServices/default"
    assert caller_of("owner").get(switch).status_code == 200
    assert browser.get(switch).status_code == 401
    assert browser.post(f"{switch}/disableConsole").status_code == 401
    world.subscription.refresh_from_db()
    assert world.subscription.console_enabled


def test_paths_without_a_route_are_behind_the_token_too(world: worlds.World, caller_of: CallerOf) -> None:
    assert Client().get("/providers/Microsoft.Unknown/things").status_code == 401
    assert Client().delete("/subscriptions").status_code == 401
    assert caller_of("owner").get("/providers/Microsoft.Unknown/things").status_code == 404


def test_nothing_of_an_answer_is_kept_by_caches(world: worlds.World, caller_of: CallerOf) -> None:
    answer = caller_of("owner").get("/subscriptions")
    assert answer["Cache-Control"] == "no-store"
    assert answer["x-ms-request-id"] == answer["X-Request-Id"]
