from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from social_django.models import UserSocialAuth

from accounts.models import AuditEntry, IdentityProvider, Membership, SignIn, User
from accounts.services.tenants import add_member
from tests.accounts import issuer as issuers
from tests.accounts.factors import code_of, give_app, is_signed_in
from tests.accounts.issuer import Issuer, leave, make, problem, visit
from tests.world import SYSTEM, World


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuers.running() as running:
        yield running


@pytest.fixture
def provider(world: World, issuer: Issuer) -> IdentityProvider:
    return make(world, issuer)


def born_here() -> int:
    return User.objects.filter(password__startswith="!").count()


def test_it_makes_a_member_of_somebody_new_and_leads_them_on(
    provider: IdentityProvider, issuer: Issuer
) -> None:
    issuer.knows("alice", name="Alice Example", email="alice@contoso.example", email_verified=True)
    client = Client()
    assert visit(client, issuer, "contoso-id", "alice", next="/vms/")["Location"] == "/vms/"
    assert is_signed_in(client)
    user = User.objects.get(display_name="Alice Example")
    assert (user.email, user.has_usable_password()) == ("alice@contoso.example", False)
    assert Membership.objects.filter(user=user, tenant=provider.tenant).exists()
    assert SignIn.objects.get().only_tenant == provider.tenant
    kept = UserSocialAuth.objects.get()
    assert kept.uid == f"{provider.id}:alice"
    assert "token" not in str(kept.extra_data)


def test_it_knows_the_person_again(provider: IdentityProvider, issuer: Issuer) -> None:
    for _ in range(2):
        visit(Client(), issuer, "contoso-id", "again")
    assert born_here() == 1


def test_it_never_takes_over_a_local_account_by_its_e_mail_address(
    world: World, provider: IdentityProvider, issuer: Issuer
) -> None:
    owner = world.people["owner"]
    owner.email = "owner@contoso.example"
    owner.save()
    issuer.knows("owner", email="owner@contoso.example", email_verified=True, preferred_username="owner")
    client = Client()
    visit(client, issuer, "contoso-id", "owner")
    assert SignIn.objects.get().user != owner
    assert born_here() == 1


def test_it_does_not_tie_the_issuers_person_to_whoever_is_signed_in_already(
    provider: IdentityProvider, issuer: Issuer, client_of: Callable[[str], Client], world: World
) -> None:
    client = client_of("owner")
    visit(client, issuer, "contoso-id", "mallory")
    assert SignIn.objects.filter(ended_at=None).get().user != world.people["owner"]
    assert not UserSocialAuth.objects.filter(user=world.people["owner"]).exists()
    assert SignIn.objects.get(user=world.people["owner"]).end_reason == "signed in again"


def test_it_keeps_apart_two_issuers_people_of_one_name(
    world: World, provider: IdentityProvider, issuer: Issuer
) -> None:
    make(world, issuer, "fabrikam-id", tenant=world.fabrikam)
    for slug in ("contoso-id", "fabrikam-id"):
        visit(Client(), issuer, slug, "same")
    assert born_here() == 2


def test_it_opens_only_the_providers_tenant(world: World, provider: IdentityProvider, issuer: Issuer) -> None:
    client = Client()
    visit(client, issuer, "contoso-id", "limited")
    add_member(by=SYSTEM, tenant=world.fabrikam, user=SignIn.objects.get().user)
    assert client.get("/account/").wsgi_request.tenants == [world.contoso]  # type: ignore[attr-defined]
    assert client.post("/switch-tenant/", {"tenant": str(world.fabrikam.id)}).status_code == 404
    assert client.post("/switch-tenant/", {"tenant": str(world.contoso.id)}).status_code == 302


@pytest.mark.parametrize(
    ("claims", "admitted"),
    [
        ({"email": "a@contoso.example", "email_verified": True}, True),
        ({"email": "A@CONTOSO.example", "email_verified": True}, True),
        ({"email": "a@contoso.example", "email_verified": False}, False),
        ({"email": "a@contoso.example"}, False),
        ({"email": "a@evil.example", "email_verified": True}, False),
        ({"email": "a@contoso.example.evil.example", "email_verified": True}, False),
        ({}, False),
    ],
)
def test_it_admits_verified_addresses_of_the_domains_only(
    world: World, issuer: Issuer, claims: dict[str, Any], admitted: bool
) -> None:
    make(world, issuer, allowed_domains=["Contoso.example"])
    issuer.knows("domain", **claims)
    client = Client()
    answer = visit(client, issuer, "contoso-id", "domain")
    assert is_signed_in(client) is admitted
    assert born_here() == int(admitted)
    if not admitted:
        assert "not one that this tenant admits" in problem(client, answer)
        assert AuditEntry.objects.filter(error_code="NotAdmitted", chain__tenant=world.contoso).count() == 1


@pytest.mark.parametrize(
    ("claims", "admitted"),
    [
        ({"groups": ["ops", "consoles"]}, True),
        ({"groups": "consoles"}, True),
        ({"groups": ["ops"]}, False),
        ({"groups": []}, False),
        ({"groups": None}, False),
        ({}, False),
    ],
)
def test_it_joins_by_the_membership_claim_and_leaves_no_trace_of_others(
    world: World, issuer: Issuer, claims: dict[str, Any], admitted: bool
) -> None:
    make(world, issuer, membership_claim="groups", membership_values=["consoles"])
    issuer.knows("claim", **claims)
    client = Client()
    answer = visit(client, issuer, "contoso-id", "claim")
    assert is_signed_in(client) is admitted
    assert born_here() == Membership.objects.filter(user__password__startswith="!").count() == int(admitted)
    if not admitted:
        assert "not among those that this tenant admits" in problem(client, answer)


def test_it_asks_for_the_claim_at_every_sign_in(world: World, issuer: Issuer) -> None:
    make(world, issuer, membership_claim="groups", membership_values=["consoles"])
    issuer.knows("leaver", groups=["consoles"])
    assert visit(Client(), issuer, "contoso-id", "leaver")["Location"] == "/"
    issuer.knows("leaver", groups=["alumni"])
    client = Client()
    visit(client, issuer, "contoso-id", "leaver")
    assert not is_signed_in(client)


def test_it_keeps_out_whoever_was_disabled_or_put_out_of_the_tenant_here(
    provider: IdentityProvider, issuer: Issuer
) -> None:
    visit(Client(), issuer, "contoso-id", "out")
    user = SignIn.objects.get().user
    for table in (Membership.objects.filter(user=user), User.objects.filter(id=user.id)):
        table.update(is_active=False)
        client = Client()
        assert "Your access was turned off" in problem(client, visit(client, issuer, "contoso-id", "out"))
        table.update(is_active=True)
        assert visit(Client(), issuer, "contoso-id", "out")["Location"] == "/"


def test_it_counts_as_the_second_factor_only_where_the_tenant_says_so(world: World, issuer: Issuer) -> None:
    provider = make(world, issuer)
    world.contoso.require_mfa = True
    world.contoso.save()
    assert visit(Client(), issuer, "contoso-id", "factor")["Location"] == "/account/security/"
    assert SignIn.objects.latest("started_at").mfa_at is None
    provider.counts_as_mfa = True
    provider.save()
    assert visit(Client(), issuer, "contoso-id", "factor")["Location"] == "/"
    assert SignIn.objects.latest("started_at").mfa_at is not None


def test_it_asks_a_person_of_the_provider_for_a_factor_they_have_here(
    provider: IdentityProvider, issuer: Issuer
) -> None:
    visit(Client(), issuer, "contoso-id", "both")
    device = give_app(SignIn.objects.get().user)
    client = Client()
    assert visit(client, issuer, "contoso-id", "both")["Location"] == "/sign-in/confirm/"
    assert not is_signed_in(client)
    client.post("/sign-in/confirm/", {"code": code_of(device)})
    assert is_signed_in(client)
    assert SignIn.objects.latest("started_at").only_tenant == provider.tenant


def test_it_asks_the_issuer_for_a_factor_no_older_than_the_tenant_allows(
    world: World, issuer: Issuer
) -> None:
    make(world, issuer, counts_as_mfa=True)
    assert "max_age" not in leave(Client(), "contoso-id")
    world.contoso.require_mfa, world.contoso.mfa_max_age_minutes = True, 5
    world.contoso.save()
    assert "max_age=300" in leave(Client(), "contoso-id")


def test_it_leads_back_to_the_issuer_when_its_factor_has_become_too_old(world: World, issuer: Issuer) -> None:
    make(world, issuer, counts_as_mfa=True)
    world.contoso.require_mfa, world.contoso.mfa_max_age_minutes = True, 5
    world.contoso.save()
    client = Client()
    visit(client, issuer, "contoso-id", "aged")
    assert client.get("/people/").status_code == 403
    SignIn.objects.update(mfa_at=timezone.now() - timedelta(minutes=6))
    answer = client.get("/people/")
    assert answer["Location"].startswith("/account/confirm/")
    assert "Continue with Contoso ID" in client.get(answer["Location"]).content.decode()
    visit(client, issuer, "contoso-id", "aged")
    assert client.get("/people/").status_code == 403
