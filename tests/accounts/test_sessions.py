from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, SignIn
from accounts.services.people import set_active
from tests.accounts.factors import is_signed_in, type_password
from tests.world import PASSWORD, SYSTEM, World

NEW = "a much better battery"


def change_password(client: Client, old: str = PASSWORD, new: str = NEW) -> Any:
    return client.post("/account/password/", {"old": old, "new": new})


def test_it_keeps_this_sign_in_and_ends_the_others_when_the_password_changes(
    client_of: Callable[[str], Client],
) -> None:
    here, elsewhere, other = client_of("owner"), client_of("owner"), client_of("reader")
    assert change_password(here)["Location"] == "/account/"
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert is_signed_in(other)
    assert type_password(Client(), "owner").status_code == 200
    assert Client().post("/sign-in/", {"username": "owner", "password": NEW}).status_code == 302


def test_it_wants_the_old_password_and_a_good_new_one(client_of: Callable[[str], Client]) -> None:
    here, elsewhere = client_of("owner"), client_of("owner")
    for old, new, sentence in [
        ("wrong", NEW, "This is not your password."),
        (PASSWORD, "short", "This password is too short."),
        (PASSWORD, "password1234", "This password is too common."),
        (PASSWORD, PASSWORD, "This is the password you have."),
        (PASSWORD, "", "This field is required."),
    ]:
        assert sentence in change_password(here, old, new).content.decode()
    assert is_signed_in(elsewhere)
    assert change_password(here).status_code == 302


def test_it_bounds_guessing_of_the_old_password_from_an_open_browser(
    client_of: Callable[[str], Client],
) -> None:
    client = client_of("owner")
    for _ in range(5):
        change_password(client, old="wrong")
    assert "Too many attempts" in change_password(client).content.decode()


def test_it_ends_every_sign_in_of_somebody_disabled(world: World, client_of: Callable[[str], Client]) -> None:
    client, other = client_of("reader"), client_of("owner")
    set_active(by=SYSTEM, user=world.people["reader"], active=False)
    assert not is_signed_in(client)
    assert is_signed_in(other)
    world.people["reader"].refresh_from_db()
    set_active(by=SYSTEM, user=world.people["reader"], active=True)
    assert not is_signed_in(client)


def test_it_signs_out_everywhere(client_of: Callable[[str], Client]) -> None:
    here, elsewhere, other = client_of("owner"), client_of("owner"), client_of("reader")
    assert here.post("/sign-out/everywhere/")["Location"] == "/sign-in/"
    assert [is_signed_in(one) for one in (here, elsewhere, other)] == [False, False, True]


def test_it_signs_out_of_this_browser_alone(client_of: Callable[[str], Client]) -> None:
    here, elsewhere = client_of("owner"), client_of("owner")
    here.post("/sign-out/")
    assert [is_signed_in(one) for one in (here, elsewhere)] == [False, True]


def test_it_lists_where_one_is_signed_in_and_ends_one_of_them(client_of: Callable[[str], Client]) -> None:
    here, elsewhere = client_of("owner"), client_of("owner")
    SignIn.objects.filter(id=elsewhere.session["sign_in"]).update(
        user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    )
    page = here.get("/account/security/").content.decode()
    assert "Firefox on Linux" in page
    url = f"/account/security/sign-ins/{elsewhere.session['sign_in']}/end/"
    assert url in page
    assert here.post(url)["Location"] == "/account/security/"
    assert not is_signed_in(elsewhere)
    assert is_signed_in(here)
    assert AuditEntry.objects.filter(action="Homeport.Directory/signOut/action").count() == 1


def test_it_ends_only_ones_own_sign_ins(client_of: Callable[[str], Client]) -> None:
    owner, reader = client_of("owner"), client_of("reader")
    url = f"/account/security/sign-ins/{owner.session['sign_in']}/end/"
    assert reader.post(url).status_code == 404
    assert is_signed_in(owner)
    assert owner.post(url).status_code == 302
    assert not is_signed_in(owner)


def test_it_ends_a_sign_in_that_is_older_than_one_may_get(
    client_of: Callable[[str], Client], settings: Any
) -> None:
    old, young = client_of("owner"), client_of("owner")
    started = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)
    SignIn.objects.filter(id=old.session["sign_in"]).update(started_at=started)
    assert [is_signed_in(one) for one in (old, young)] == [False, True]


def test_it_ends_the_earlier_sign_in_when_somebody_signs_in_again_in_one_browser(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("owner")
    type_password(client, "reader")
    assert SignIn.objects.get(user=world.people["owner"]).end_reason == "signed in again"
    assert SignIn.objects.get(ended_at=None).user == world.people["reader"]
