import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import access, actions, sign_ins
from accounts.models import FirstAdminLink, Tenant, User
from accounts.secrets import hash_of
from accounts.services import first_admin
from tests.accounts.factors import is_signed_in
from tests.world import PASSWORD, World

GOOD = {
    "name": "Contoso",
    "slug": "contoso",
    "username": "first",
    "display_name": "First One",
    "email": "first@contoso.example",
    "password": PASSWORD,
}
NOT_OPEN = "This link is not open"


@pytest.fixture
def token(db: None) -> str:
    return str(first_admin.new_link_token())


def follow(client: Client, token: str) -> Any:
    assert client.get(f"/welcome/{token}/")["Location"] == "/welcome/"
    return client.get("/welcome/")


def test_it_makes_the_first_tenant_and_its_owner(token: str) -> None:
    client = Client()
    assert "Nobody is here yet." in follow(client, token).content.decode()
    assert client.post("/welcome/", GOOD)["Location"] == "/"
    assert is_signed_in(client)
    user, tenant = User.objects.get(), Tenant.objects.get()
    principal = sign_ins.principal_of(user, tenant_id=tenant.id)
    assert access.decide(principal, actions.TENANT_WRITE, tenant).allowed
    assert user.is_staff


def test_it_works_once_and_no_more_once_somebody_exists(token: str) -> None:
    first, second = Client(), Client()
    for client in (first, second):
        follow(client, token)
    assert first.post("/welcome/", GOOD).status_code == 302
    assert second.post("/welcome/", {**GOOD, "username": "second", "slug": "second"}).status_code == 410
    gone = follow(Client(), token).content.decode()
    assert NOT_OPEN in gone
    assert "manage.py first_admin_link" in gone
    assert User.objects.count() == 1
    assert first_admin.new_link_token() is None


def test_it_says_what_is_wrong_and_stays_open(token: str) -> None:
    client = Client()
    follow(client, token)
    for field, value in [
        ("slug", "No Good"),
        ("name", ""),
        ("username", "!"),
        ("password", "short"),
        ("email", "x"),
    ]:
        page = client.post("/welcome/", {**GOOD, field: value})
        assert page.context["form"].errors[field], field
        assert "First One" in page.content.decode()
    assert not User.objects.exists()
    assert not Tenant.objects.exists()
    assert client.post("/welcome/", GOOD).status_code == 302


def test_it_is_replaced_by_a_newer_link_and_expires(token: str) -> None:
    newer = str(first_admin.new_link_token())
    assert follow(Client(), token).status_code == 410
    assert follow(Client(), newer).status_code == 200
    FirstAdminLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert follow(Client(), newer).status_code == 410


def test_it_is_shut_without_a_link(world: World) -> None:
    assert Client().get("/welcome/").status_code == 410
    assert follow(Client(), "hpw_guess").status_code == 410


def test_it_keeps_the_token_out_of_the_database_pages_and_referers(token: str) -> None:
    client = Client()
    assert client.get(f"/welcome/{token}/")["Referrer-Policy"] == "no-referrer"
    page = client.get("/welcome/")
    assert token not in page.content.decode()
    assert token not in str(FirstAdminLink.objects.values()) + str(dict(client.session))


@pytest.mark.django_db(transaction=True)
def test_it_is_used_by_one_of_two_at_once(transactional_db: None) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory lets no two threads write")
    token_hash = hash_of(str(first_admin.new_link_token()))
    made: list[str] = []

    def use(name: str) -> None:
        try:
            form = {**GOOD, "username": name, "slug": name}
            first_admin.create_first_admin(token_hash=token_hash, **form)
            made.append(name)
        except first_admin.LinkIsGone:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=use, args=[f"racer{number}"]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert [user.username for user in User.objects.all()] == made
