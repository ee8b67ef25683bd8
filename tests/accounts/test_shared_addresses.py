"""One e-mail address, several people: nobody's account stands in the way of another's, and none gives more tries."""

from collections.abc import Callable

import pytest
from django.contrib.auth import hashers
from django.test import Client

from accounts.models import SignIn, User
from tests.accounts.factors import is_signed_in, type_password
from tests.accounts.test_lock_out import LOCKED, fail
from tests.accounts.test_sign_in import WRONG
from tests.world import PASSWORD, World, person

TEAM = "team@contoso.example"


@pytest.fixture
def shared(world: World) -> list[User]:
    """Two people of two tenants, each with a password of their own."""
    people = [world.people["owner"], world.people["stranger"]]
    for user in people:
        user.email = TEAM
        user.set_password(f"{PASSWORD} of {user.username}")
        user.save()
    return people


def sign_in(name: str, password: str) -> tuple[Client, str]:
    client = Client()
    answer = client.post("/sign-in/", {"username": name, "password": password})
    return client, answer.content.decode()


def test_it_lets_in_the_one_of_an_address_whose_password_fits(shared: list[User]) -> None:
    for user in shared:
        client, _page = sign_in("Team@contoso.EXAMPLE", f"{PASSWORD} of {user.username}")
        assert is_signed_in(client)
        assert SignIn.objects.latest("started_at").user == user
    client, page = sign_in(TEAM, PASSWORD)
    assert WRONG in page
    assert not is_signed_in(client)


def test_it_is_not_blocked_by_a_user_name_that_is_somebody_elses_address(shared: list[User]) -> None:
    person(TEAM, None)
    for user in shared:
        assert is_signed_in(sign_in(TEAM, f"{PASSWORD} of {user.username}")[0])
    assert is_signed_in(sign_in(TEAM, PASSWORD)[0])


def test_it_tries_the_five_oldest_of_an_address(shared: list[User]) -> None:
    for number in range(4):
        User.objects.create_user(f"late{number}", PASSWORD + str(number), email=TEAM)
    assert is_signed_in(sign_in(TEAM, f"{PASSWORD} of {shared[1].username}")[0])
    assert is_signed_in(sign_in(TEAM, f"{PASSWORD}2")[0])
    assert not is_signed_in(sign_in(TEAM, f"{PASSWORD}3")[0])


def test_it_works_as_hard_for_an_address_that_nobody_one_or_several_have(
    shared: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.filter(username="reader").update(email="alone@contoso.example")
    done: list[str] = []
    encode = hashers.MD5PasswordHasher.encode

    def counting(self: hashers.MD5PasswordHasher, password: str, salt: str) -> str:
        done.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counting)
    for name in ("nobody@contoso.example", "alone@contoso.example", TEAM):
        done.clear()
        sign_in(name, "wrong")
        assert len(done) == 5, name


def test_it_counts_a_person_once_however_they_are_called_and_does_not_say_so(shared: list[User]) -> None:
    right = f"{PASSWORD} of owner"
    assert fail(TEAM, 3) + fail("owner", 2) == [200] * 5
    for name in ("owner", TEAM):
        client, page = sign_in(name, right)
        assert WRONG in page
        assert LOCKED not in page
        assert not is_signed_in(client)
    assert fail("nobody@contoso.example", 3) + fail("nobody", 2) == [200] * 5
    assert is_signed_in(type_password_of(shared[1])[0])


def type_password_of(user: User) -> tuple[Client, str]:
    return sign_in(user.username, f"{PASSWORD} of {user.username}")


def test_it_does_not_hold_the_sign_ins_of_one_against_another_of_the_address(shared: list[User]) -> None:
    for _ in range(7):
        for user in reversed(shared):
            assert is_signed_in(sign_in(TEAM, f"{PASSWORD} of {user.username}")[0])


def test_it_gives_nobody_new_tries_by_a_success_of_ones_own(shared: list[User]) -> None:
    for _ in range(5):
        sign_in(TEAM, "guess")
        sign_in(TEAM, f"{PASSWORD} of stranger")
    assert not is_signed_in(type_password_of(shared[0])[0])


def test_it_takes_no_other_persons_password_for_ones_own(
    world: World, client_of: Callable[[str], Client]
) -> None:
    mine, theirs = world.people["reader"], world.people["stranger"]
    client = client_of("reader")
    User.objects.filter(id=mine.id).update(username=TEAM)
    theirs.email = TEAM
    theirs.set_password(f"{PASSWORD} of stranger")
    theirs.save()
    form = {"new": "a fresh long password", "again": "a fresh long password"}
    url = "/account/confirm/?next=/vms/"
    assert client.post(url, {"password": f"{PASSWORD} of stranger"}).status_code == 200
    client.post("/account/password/", {**form, "old": f"{PASSWORD} of stranger"})
    assert not User.objects.get(id=theirs.id).check_password(form["new"])
    assert type_password(Client(), TEAM).status_code == 302
    assert client.post(url, {"password": PASSWORD})["Location"] == "/vms/"
    client.post("/account/password/", {**form, "old": PASSWORD})
    assert User.objects.get(id=mine.id).check_password(form["new"])
