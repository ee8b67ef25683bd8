from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from accounts.models import Tenant
from accounts.roles import CONTRIBUTOR
from accounts.services.credentials import create_token
from tests import world as worlds


@dataclass
class Caller:
    """Somebody with a bearer token, as programs have one; no cookies."""

    token: str

    def __call__(self, method: str, path: str, **rest: Any) -> Any:
        return Client().generic(method, path, headers={"Authorization": f"Bearer {self.token}"}, **rest)

    def get(self, path: str) -> Any:
        return self("GET", path)

    def post(self, path: str) -> Any:
        return self("POST", path)

    def put(self, path: str, body: str) -> Any:
        return self("PUT", path, data=body, content_type="application/json")


CallerOf = Callable[..., Caller]


@pytest.fixture
def caller_of(world: worlds.World) -> CallerOf:
    world.people["deputy"] = worlds.person("deputy", world.contoso, CONTRIBUTOR, world.subscription.scope)

    def caller(name: str, tenant: Tenant | None = None) -> Caller:
        home = world.fabrikam if name == "stranger" else world.contoso
        by = world.principal(name)
        _, text = create_token(by=by, user=world.people[name], tenant=tenant or home, name="tests", days=1)
        return Caller(text)

    return caller
