from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from accounts.models import AuditEntry, SignIn, Tenant
from accounts.services.people import create_user
from accounts.services.tenants import add_member
from tests.accounts.factors import is_signed_in, type_password
from tests.world import PASSWORD, SYSTEM, World

WRONG = "This name and password do not fit together"


def test_it_signs_in_by_user_name_and_by_an_e_mail_address_that_one_person_has(world: World) -> None:
    world.people["owner"].email = "Owner@Contoso.example"
    world.people["owner"].save()
    for name in ("owner", " OWNER ", "owner@contoso.EXAMPLE"):
        client = Client()
        assert type_password(client, name)["Location"] == "/"
        assert is_signed_in(client), name


def test_it_says_the_same_to_a_wrong_password_an_unknown_name_and_a_disabled_person(world: World) -> None:
    world.people["reader"].is_active = False
    world.people["reader"].save()
    pages = [
        Client().post("/sign-in/", {"username": "owner", "password": "wrong"}),
        Client().post("/sign-in/", {"username": "nobody", "password": "wrong"}),
        Client().post("/sign-in/", {"username": "reader", "password": PASSWORD}),
    ]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert all(WRONG in page.content.decode() for page in pages)


def test_it_works_as_hard_for_an_unknown_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    encode = hashers.MD5PasswordHasher.encode

    def counting(self: hashers.MD5PasswordHasher, password: str, salt: str) -> str:
        done.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counting)
    Client().post("/sign-in/", {"username": "owner", "password": "wrong"})
    for_known = len(done)
    Client().post("/sign-in/", {"username": "nobody", "password": "wrong"})
    assert for_known == len(done) - for_known == 1


def test_it_keeps_what_was_typed_but_no_password_and_says_what_is_missing(world: World) -> None:
    missing = "This field is required."
    page = Client().post("/sign-in/", {"username": "typed name", "password": ""}).content.decode()
    assert "typed name" in page
    assert missing in page
    page = Client().post("/sign-in/", {"username": "", "password": "typed words"}).content.decode()
    assert missing in page
    assert "typed words" not in page


def test_it_goes_on_to_next_and_nowhere_else(world: World) -> None:
    assert type_password(Client(), "owner", next="/vms/?state=off")["Location"] == "/vms/?state=off"
    for foreign in (
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
    ):
        assert type_password(Client(), "owner", next=foreign)["Location"] == "/", foreign


def test_it_asks_for_a_token_of_its_own_page(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert type_password(strict, "owner").status_code == 403
    strict.get("/sign-in/")
    token = strict.cookies["csrftoken"].value
    assert type_password(strict, "owner", csrfmiddlewaretoken=token).status_code == 302


def test_it_gives_a_new_session_to_whoever_signs_in(world: World) -> None:
    planted = SessionStore()
    planted["planted"] = True
    planted.save()
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = str(planted.session_key)
    type_password(client, "owner")
    assert is_signed_in(client)
    assert client.session.session_key != planted.session_key
    assert not SessionStore().exists(str(planted.session_key))


def test_it_signs_out_by_post_only(client_of: Callable[[str], Client]) -> None:
    client = client_of("owner")
    assert client.get("/sign-out/").status_code == 405
    assert is_signed_in(client)
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert not is_signed_in(client)
    assert SignIn.objects.get().end_reason == "signed out"


def test_it_leads_somebody_not_signed_in_back_to_where_they_wanted_to_go(world: World) -> None:
    client = Client()
    assert (
        client.get("/account/security/?x=1")["Location"] == "/sign-in/?next=%2Faccount%2Fsecurity%2F%3Fx%3D1"
    )
    posted = client.post("/switch-tenant/", HTTP_REFERER="http://testserver/vms/")
    assert posted["Location"] == "/sign-in/?next=http%3A%2F%2Ftestserver%2Fvms%2F"


def test_it_audits_a_failure_without_keeping_what_was_typed(world: World) -> None:
    Client().post("/sign-in/", {"username": "my secret password", "password": "x"}, REMOTE_ADDR="192.0.2.7")
    Client().post("/sign-in/", {"username": "owner", "password": "x"})
    unknown, known = AuditEntry.objects.filter(outcome="refused").order_by("id")
    assert (unknown.error_code, unknown.address, unknown.chain.tenant_id) == (
        "WrongPassword",
        "192.0.2.7",
        None,
    )
    assert "secret" not in str(unknown.__dict__)
    assert known.scope == f"/users/{world.people['owner'].id}"


def test_it_speaks_the_language_chosen_before_signing_in(world: World) -> None:
    client = Client()
    answer = client.post("/language/", {"language": "fr", "next": "/sign-in/"})
    assert answer["Location"] == "/sign-in/"
    assert '<html lang="fr"' in client.get("/sign-in/").content.decode()
    assert client.post("/language/", {"language": "xx", "next": "//evil.example"})["Location"] == "/"
    assert '<html lang="fr"' in client.get("/sign-in/").content.decode()


def test_it_switches_only_to_a_tenant_the_person_belongs_to(
    world: World, client_of: Callable[[str], Client]
) -> None:
    other: Tenant = world.fabrikam
    client = client_of("owner")
    assert client.post("/switch-tenant/", {"tenant": str(other.id)}).status_code == 404
    add_member(by=SYSTEM, tenant=other, user=world.people["owner"])
    assert client.post("/switch-tenant/", {"tenant": str(other.id)})["Location"] == "/"
    assert client.session["tenant"] == str(other.id)
    assert client.get("/account/").wsgi_request.tenant == other  # type: ignore[attr-defined]


def test_it_tells_somebody_without_a_tenant_what_to_do(world: World) -> None:
    create_user(by=SYSTEM, username="newcomer", password=PASSWORD)
    client = Client()
    type_password(client, "newcomer")
    page = client.get("/account/tokens/new/")
    assert page.status_code == 403
    assert "You belong to no tenant yet" in page.content.decode()
