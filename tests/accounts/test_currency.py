"""Whether somebody is still who they were: the same for a request and for a socket, and again and again while the socket lives."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import sign_ins
from accounts.currency import principal_of_session, renewed
from accounts.models import ApiToken, Membership, SignIn
from accounts.principals import Principal
from accounts.roles import READER
from accounts.services.credentials import create_token, principal_of_token, revoke_token
from accounts.services.people import set_active
from accounts.services.tenants import add_member, change_tenant, grant_staff, remove_member
from accounts.standing import standing
from tests.world import SYSTEM, World, role

ClientOf = Callable[[str], Client]


def still_current(principal: Principal) -> bool:
    """Signed in, or holding a live token, and still of the tenant."""
    now = renewed(principal)
    return now is not None and standing(now)[0] is not None


def asking(client: Client) -> Principal | None:
    return principal_of_session(client.cookies["sessionid"].value, address="192.0.2.7", request_id="r")


def present(client: Client) -> Principal:
    found = asking(client)
    assert found is not None
    return found


def test_a_session_is_worth_the_same_to_a_socket_as_to_a_page(world: World, client_of: ClientOf) -> None:
    client = client_of("owner")
    of_page: Any = client.get("/account/").wsgi_request
    found = present(client)
    assert replace(of_page.principal, address="192.0.2.7", request_id="r") == found
    assert (found.sign_in_id, found.tenant_id) == (of_page.principal.sign_in_id, world.contoso.id)


def test_it_acts_in_the_tenant_that_was_chosen_in_this_browser(world: World, client_of: ClientOf) -> None:
    add_member(by=SYSTEM, tenant=world.fabrikam, user=world.people["owner"])
    here, there = client_of("owner"), client_of("owner")
    there.post("/switch-tenant/", {"tenant": str(world.fabrikam.id)})
    assert present(here).tenant_id == world.contoso.id
    assert present(there).tenant_id == world.fabrikam.id


@pytest.mark.parametrize("key", ["", "x" * 32, "short", "../../etc/passwd"])
def test_a_key_that_names_no_session_is_nobody(world: World, client_of: ClientOf, key: str) -> None:
    assert principal_of_session(key) is None
    assert asking(client_of("owner"))


def sign_out(world: World, client: Client) -> None:
    client.post("/sign-out/")


def end_everywhere(world: World, client: Client) -> None:
    sign_ins.end_everywhere(world.people["owner"], by=SYSTEM, reason="tests")


def disable(world: World, client: Client) -> None:
    set_active(by=SYSTEM, user=world.people["owner"], active=False)


def let_it_lapse(world: World, client: Client) -> None:
    SignIn.objects.update(started_at=timezone.now() - timedelta(days=30))


@pytest.mark.parametrize("end", [sign_out, end_everywhere, disable, let_it_lapse])
def test_a_sign_in_that_ended_is_nobodys(
    world: World, client_of: ClientOf, end: Callable[[World, Client], None]
) -> None:
    client = client_of("owner")
    earlier = present(client)
    assert still_current(earlier)
    key = client.cookies["sessionid"].value
    end(world, client)
    assert principal_of_session(key) is None
    assert renewed(earlier) is None
    assert not still_current(earlier)


def leave_the_tenant(world: World) -> None:
    remove_member(by=SYSTEM, tenant=world.contoso, user=world.people["reader"])


def suspend_the_membership(world: World) -> None:
    Membership.objects.filter(user=world.people["reader"]).update(is_active=False)


def close_the_tenant(world: World) -> None:
    change_tenant(by=SYSTEM, tenant=world.contoso, is_active=False)


@pytest.mark.parametrize("end", [leave_the_tenant, suspend_the_membership, close_the_tenant])
def test_whoever_is_not_of_the_tenant_any_more_is_signed_in_and_not_current(
    world: World, client_of: ClientOf, end: Callable[[World], None]
) -> None:
    earlier = present(client_of("reader"))
    assert still_current(earlier)
    end(world)
    assert renewed(earlier) is not None
    assert not still_current(earlier)


def test_one_persons_end_is_not_anothers(world: World, client_of: ClientOf) -> None:
    owner, reader = present(client_of("owner")), present(client_of("reader"))
    end_everywhere(world, Client())
    assert [still_current(one) for one in (owner, reader)] == [False, True]


def test_a_second_factor_that_is_given_meanwhile_counts(world: World, client_of: ClientOf) -> None:
    earlier = present(client_of("owner"))
    assert earlier.mfa_at is None
    sign_ins.factor_proved(SignIn.objects.get(id=earlier.sign_in_id))
    now = renewed(earlier)
    assert now is not None
    assert now.mfa_at is not None


def test_a_providers_sign_in_stays_in_its_own_tenant(world: World, client_of: ClientOf) -> None:
    earlier = present(client_of("owner"))
    SignIn.objects.filter(id=earlier.sign_in_id).update(only_tenant=world.fabrikam)
    assert renewed(earlier) is None
    SignIn.objects.filter(id=earlier.sign_in_id).update(only_tenant=world.contoso)
    assert renewed(earlier) == earlier


def test_a_sign_in_of_somebody_else_proves_nothing(world: World, client_of: ClientOf) -> None:
    reader, owner = present(client_of("reader")), present(client_of("owner"))
    assert renewed(replace(reader, id=owner.id)) is None
    assert renewed(owner) == owner


def test_a_staff_grant_that_ended_is_not_current(world: World, client_of: ClientOf) -> None:
    staff = world.people["staff"]
    grant = grant_staff(
        by=SYSTEM, staff=staff, tenant=world.contoso, role=role(READER), reason="ticket 17", hours=1
    )
    earlier = present(client_of("staff"))
    assert still_current(earlier)
    grant.until = timezone.now()
    grant.save()
    assert not still_current(earlier)


def token_of(world: World) -> tuple[ApiToken, Principal]:
    owner = world.people["owner"]
    token, text = create_token(
        by=world.principal("owner"), user=owner, tenant=world.contoso, name="tests", days=1
    )
    found = principal_of_token(text, address="192.0.2.7")
    assert found is not None
    return token, found


def revoke(world: World, token: ApiToken) -> None:
    revoke_token(by=SYSTEM, token=token)


def expire(world: World, token: ApiToken) -> None:
    ApiToken.objects.filter(id=token.id).update(expires_at=timezone.now())


def disable_its_owner(world: World, token: ApiToken) -> None:
    disable(world, Client())


@pytest.mark.parametrize("end", [revoke, expire, disable_its_owner])
def test_a_token_that_ended_is_nobodys(world: World, end: Callable[[World, ApiToken], None]) -> None:
    token, earlier = token_of(world)
    assert renewed(earlier) == earlier
    assert still_current(earlier)
    end(world, token)
    assert renewed(earlier) is None
    assert not still_current(earlier)


def test_whoever_proved_nothing_is_not_current(world: World) -> None:
    assert renewed(world.principal("owner")) is None
    assert renewed(SYSTEM) is None
