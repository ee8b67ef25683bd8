"""Who becomes a member through an identity provider: by its claim, or by an invitation; nobody else, and nobody again."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import IdentityProvider, Invitation, Membership, RoleAssignment, SignIn, User
from accounts.roles import READER
from accounts.services.members import suspend_member
from accounts.services.tenants import invite, remove_member
from tests.accounts import issuer as issuers
from tests.accounts.factors import is_signed_in
from tests.accounts.issuer import Issuer, make, problem, visit
from tests.world import World, role

NOT_AMONG = "not among those that this tenant admits"
TURNED_OFF = "Your access was turned off"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuers.running() as running:
        yield running


@pytest.fixture
def provider(world: World, issuer: Issuer) -> IdentityProvider:
    """One without a claim: only people invited before get in."""
    return make(world, issuer, membership_claim="", membership_values=[])


def follow(client: Client, world: World, tenant: str = "contoso") -> Any:
    by, to = world.principal("owner" if tenant == "contoso" else "stranger"), getattr(world, tenant)
    token = invite(by=by, tenant=to, email=f"new@{tenant}.example", role=role(READER))[1]
    client.get(f"/invitations/{token}/")
    return client.get("/invitations/accept/").content.decode()


def refused(issuer: Issuer, sub: str, client: Client | None = None) -> str:
    client, people = client or Client(), User.objects.count()
    sentence = problem(client, visit(client, issuer, "contoso-id", sub))
    assert not is_signed_in(client)
    assert User.objects.count() == people
    return sentence


def member(world: World, issuer: Issuer, sub: str) -> User:
    client = Client()
    follow(client, world)
    assert visit(client, issuer, "contoso-id", sub)["Location"] == "/"
    return SignIn.objects.latest("started_at").user


@pytest.mark.parametrize("domains", [[], ["contoso.example"]])
def test_it_admits_without_a_claim_only_who_was_invited(
    world: World, provider: IdentityProvider, issuer: Issuer, domains: list[str]
) -> None:
    IdentityProvider.objects.update(allowed_domains=domains)
    issuer.knows("alice", email="alice@contoso.example", email_verified=True)
    assert NOT_AMONG in refused(issuer, "alice")
    member(world, issuer, "alice")
    assert visit(Client(), issuer, "contoso-id", "alice")["Location"] == "/"


def test_it_accepts_the_invitation_by_signing_in(
    world: World, provider: IdentityProvider, issuer: Issuer
) -> None:
    client = Client()
    assert "Continue with Contoso ID" in follow(client, world)
    answer = visit(client, issuer, "contoso-id", "bob", next="/invitations/accept/")
    assert answer["Location"] == "/"
    assert "Welcome to Contoso." in client.get("/account/").content.decode()
    user = SignIn.objects.get().user
    assert Membership.objects.get(user=user).tenant == world.contoso
    given = RoleAssignment.objects.get(principal_id=user.id)
    assert (given.role_id, given.granted_by_name) == (READER.id, "owner")
    assert Invitation.objects.get().accepted_at is not None
    assert "invitation" not in client.session


def test_it_takes_no_invitation_of_another_tenant_and_none_that_is_used_or_has_expired(
    world: World, provider: IdentityProvider, issuer: Issuer
) -> None:
    client = Client()
    assert "Continue with Contoso ID" not in follow(client, world, "fabrikam")
    assert NOT_AMONG in refused(issuer, "carol", client)
    assert Invitation.objects.get().accepted_at is None
    changes: list[dict[str, Any]] = [{"accepted_at": timezone.now()}, {"expires_at": timezone.now()}]
    for change in changes:
        client = Client()
        follow(client, world)
        Invitation.objects.update(**change)
        assert NOT_AMONG in refused(issuer, "carol", client)


def test_it_keeps_out_whoever_was_suspended_even_with_an_invitation(
    world: World, provider: IdentityProvider, issuer: Issuer
) -> None:
    user = member(world, issuer, "erin")
    suspend_member(by=world.principal("owner"), tenant=world.contoso, user=user)
    client = Client()
    follow(client, world)
    assert TURNED_OFF in refused(issuer, "erin", client)
    assert not Membership.objects.get(user=user).is_active


@pytest.mark.parametrize("claim", ["", "aud"])
def test_it_lets_whoever_was_removed_come_back_by_an_invitation_only(
    world: World, provider: IdentityProvider, issuer: Issuer, claim: str
) -> None:
    IdentityProvider.objects.update(membership_claim=claim, membership_values=["homeport"])
    client = Client()
    follow(client, world)
    visit(client, issuer, "contoso-id", "frank")
    user = SignIn.objects.get().user
    remove_member(by=world.principal("owner"), tenant=world.contoso, user=user)
    assert NOT_AMONG in refused(issuer, "frank")
    assert not Membership.objects.filter(user=user).exists()
    assert member(world, issuer, "frank") == user


def test_it_asks_a_member_who_has_an_invitation_before_it_is_accepted(
    world: World, provider: IdentityProvider, issuer: Issuer
) -> None:
    user = member(world, issuer, "grace")
    RoleAssignment.objects.filter(principal_id=user.id).delete()
    client = Client()
    follow(client, world)
    answer = visit(client, issuer, "contoso-id", "grace", next="/invitations/accept/")
    assert answer["Location"] == "/invitations/accept/"
    assert not RoleAssignment.objects.filter(principal_id=user.id).exists()
    assert client.post("/invitations/accept/")["Location"] == "/"
    assert RoleAssignment.objects.filter(principal_id=user.id).exists()


def test_it_promises_nobody_that_the_removed_come_back(
    world: World, issuer: Issuer, client_of: Callable[[str], Client]
) -> None:
    make(world, issuer)
    page = client_of("owner").get(f"/people/{world.people['reader'].id}/remove/").content.decode()
    assert "Every console and page they have open" in page
    assert "become a member again" not in page
