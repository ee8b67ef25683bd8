import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import sign_ins
from accounts.models import Invitation, Membership, RoleAssignment, User
from accounts.roles import OWNER, READER
from accounts.secrets import hash_of
from accounts.services import joining
from accounts.services.tenants import create_tenant, invite, remove_member
from tests.accounts.factors import is_signed_in, type_password
from tests.world import PASSWORD, SYSTEM, World, person, role

NEW = {"username": "newcomer", "display_name": "New Comer", "password": PASSWORD}
NOT_OPEN = "This invitation is not open"


@pytest.fixture
def token(world: World) -> str:
    by = world.principal("owner")
    return invite(by=by, tenant=world.contoso, email="new@contoso.example", role=role(READER))[1]


def follow(client: Client, token: str) -> Any:
    answer = client.get(f"/invitations/{token}/")
    assert answer["Location"] == "/invitations/accept/"
    return client.get("/invitations/accept/")


def test_it_shows_who_invites_where_and_as_what(token: str) -> None:
    page = follow(Client(), token).content.decode()
    assert all(words in page for words in ("Join Contoso", "owner invited you.", "the role Reader"))


def test_it_makes_an_account_that_belongs_and_is_signed_in(world: World, token: str) -> None:
    client = Client()
    follow(client, token)
    assert client.post("/invitations/accept/", NEW)["Location"] == "/"
    assert is_signed_in(client)
    user = User.objects.get(username="newcomer")
    assert (user.display_name, user.email) == ("New Comer", "new@contoso.example")
    given = RoleAssignment.objects.get(principal_id=user.id)
    assert (given.role_id, given.granted_by_name) == (READER.id, "owner")
    assert Membership.objects.filter(user=user, tenant=world.contoso).exists()


def test_it_lets_somebody_who_exists_sign_in_and_join(world: World, token: str) -> None:
    client = Client()
    page = follow(client, token).content.decode()
    assert "/sign-in/?next=/invitations/accept/" in page
    assert (
        type_password(client, "stranger", next="/invitations/accept/")["Location"] == "/invitations/accept/"
    )
    assert "Join as stranger" in client.get("/invitations/accept/").content.decode()
    assert client.post("/invitations/accept/")["Location"] == "/"
    assert Membership.objects.filter(user=world.people["stranger"]).count() == 2
    assert client.get("/account/").wsgi_request.tenant == world.contoso  # type: ignore[attr-defined]


def test_it_works_once(token: str) -> None:
    first, second = Client(), Client()
    for client in (first, second):
        follow(client, token)
    assert first.post("/invitations/accept/", NEW).status_code == 302
    late = second.post("/invitations/accept/", {**NEW, "username": "latecomer"})
    assert late.status_code == 410
    assert NOT_OPEN in late.content.decode()
    assert not User.objects.filter(username="latecomer").exists()


def test_it_is_shut_when_it_has_expired_is_unknown_or_its_tenant_is_off(world: World, token: str) -> None:
    assert follow(Client(), token).status_code == 200
    assert NOT_OPEN in follow(Client(), "hpi_unknown").content.decode()
    assert Client().get("/invitations/accept/").status_code == 410
    world.contoso.is_active = False
    world.contoso.save()
    assert follow(Client(), token).status_code == 410
    world.contoso.is_active = True
    world.contoso.save()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    client = Client()
    assert follow(client, token).status_code == 410
    assert client.post("/invitations/accept/", NEW).status_code == 410
    assert not User.objects.filter(username="newcomer").exists()


def test_it_ends_with_the_right_of_whoever_invited(world: World) -> None:
    leaver = person("leaver", world.contoso, OWNER)
    by = sign_ins.principal_of(leaver, tenant_id=world.contoso.id)
    token = invite(by=by, tenant=world.contoso, email="back@evil.example", role=role(OWNER))[1]
    assert follow(Client(), token).status_code == 200
    remove_member(by=SYSTEM, tenant=world.contoso, user=leaver)
    assert follow(Client(), token).status_code == 410


def test_it_says_what_is_wrong_and_stays_open(world: World, token: str) -> None:
    client = Client()
    follow(client, token)
    for field, value, sentence in [
        ("username", "owner", "This name is taken."),
        ("username", "ÄÖÜ", "Use lower-case letters"),
        ("password", "short", "too short"),
        ("password", "newcomer12", "too similar"),
        ("display_name", "", "This field is required."),
    ]:
        page = client.post("/invitations/accept/", {**NEW, field: value})
        assert page.status_code == 200
        assert sentence in page.content.decode(), value
    assert User.objects.filter(display_name="New Comer").count() == 0
    assert client.post("/invitations/accept/", {**NEW, "username": " NewComer "}).status_code == 302


def test_it_keeps_the_token_out_of_pages_referers_and_the_session(token: str) -> None:
    client = Client()
    assert client.get(f"/invitations/{token}/")["Referrer-Policy"] == "no-referrer"
    page = client.get("/invitations/accept/")
    assert page["Referrer-Policy"] == "same-origin"
    assert token not in page.content.decode()
    assert client.session["invitation"] == hash_of(token)


def test_it_admits_no_sign_in_that_is_bound_to_another_tenant(
    world: World, token: str, client_of: Callable[[str], Client]
) -> None:
    client = client_of("stranger")
    world.people["stranger"].sign_ins.update(only_tenant=world.fabrikam)
    assert "Fabrikam, which opens that tenant only" in follow(client, token).content.decode()
    client.post("/invitations/accept/")
    assert Membership.objects.filter(user=world.people["stranger"]).count() == 1
    world.people["stranger"].sign_ins.update(only_tenant=None)
    assert client.post("/invitations/accept/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_it_is_accepted_by_one_of_two_at_once(transactional_db: None) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory lets no two threads write")
    tenant = create_tenant(by=SYSTEM, name="Race", slug="race")
    token_hash = hash_of(invite(by=SYSTEM, tenant=tenant, email="race@contoso.example")[1])
    made: list[str] = []

    def accept(name: str) -> None:
        try:
            joining.create_account(token_hash=token_hash, username=name, display_name=name, password=PASSWORD)
            made.append(name)
        except joining.InvitationIsGone:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=[f"racer{number}"]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [user.username for user in User.objects.all()] == made
    assert len(made) == 1
