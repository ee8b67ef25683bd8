import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts import mfa
from accounts.models import AuditEntry, RecoveryCode, SignIn, SignInThrottle, User
from tests.accounts.factors import code_of, codes_for, give_app, is_signed_in, type_password
from tests.world import World

NOT_RIGHT = "This code is not right, or it was used already."


def test_it_asks_for_the_code_before_any_session_is_open(world: World) -> None:
    device = give_app(world.people["owner"])
    client = Client()
    assert type_password(client, "owner", next="/vms/")["Location"] == "/sign-in/confirm/"
    assert not is_signed_in(client)
    assert not SignIn.objects.exists()
    assert client.post("/sign-in/confirm/", {"code": code_of(device)})["Location"] == "/vms/"
    assert is_signed_in(client)
    assert SignIn.objects.get().mfa_at is not None


def test_it_refuses_a_wrong_code_and_takes_a_right_one(world: World, settings: Any) -> None:
    settings.OTP_TOTP_THROTTLE_FACTOR = 0
    device = give_app(world.people["owner"])
    client = Client()
    type_password(client, "owner")
    for wrong in ("000000", "", "abc", "12345678901234567890", code_of(device, steps=5)):
        client.post("/sign-in/confirm/", {"code": wrong})
        SignInThrottle.objects.all().delete()
        assert not is_signed_in(client), wrong
    client.post("/sign-in/confirm/", {"code": f" {code_of(device)[:3]} {code_of(device)[3:]}"})
    assert is_signed_in(client)


def test_it_takes_no_code_twice(world: World, settings: Any) -> None:
    settings.OTP_TOTP_THROTTLE_FACTOR = 0
    device = give_app(world.people["owner"])
    code = code_of(device)
    first, second = Client(), Client()
    for client in (first, second):
        type_password(client, "owner")
        page = client.post("/sign-in/confirm/", {"code": code})
    assert is_signed_in(first)
    assert not is_signed_in(second)
    assert NOT_RIGHT in page.content.decode()


def test_it_bounds_guessing_of_codes_and_leaves_passkeys_open(world: World, settings: Any) -> None:
    settings.OTP_TOTP_THROTTLE_FACTOR = 0
    device = give_app(world.people["owner"])
    codes = codes_for(world.people["owner"])
    client = Client()
    type_password(client, "owner")
    for _ in range(5):
        client.post("/sign-in/confirm/", {"code": "000000"})
    for right in (code_of(device), codes[0]):
        page = client.post("/sign-in/confirm/", {"code": right}).content.decode()
        assert "Too many attempts" in page
    assert not is_signed_in(client)
    again = Client()
    type_password(again, "owner")
    assert "Too many attempts" in again.post("/sign-in/confirm/", {"code": code_of(device)}).content.decode()
    refused = AuditEntry.objects.filter(outcome="refused", error_code="WrongCode")
    assert refused.count() == 5


def test_it_forgets_a_sign_in_that_waits_too_long_or_whose_password_changed(world: World) -> None:
    device = give_app(world.people["owner"])
    client = Client()
    type_password(client, "owner")
    session = client.session
    session["pending_sign_in"] = {**session["pending_sign_in"], "at": 0}
    session.save()
    assert client.post("/sign-in/confirm/", {"code": code_of(device)})["Location"] == "/sign-in/"
    assert "That took too long" in client.get("/sign-in/").content.decode()
    type_password(client, "owner")
    User.objects.filter(username="owner").update(sign_in_epoch=1)
    client.post("/sign-in/confirm/", {"code": code_of(device)})
    assert not is_signed_in(client)


def test_it_takes_each_recovery_code_once_and_keeps_none_in_plain(world: World) -> None:
    user = world.people["owner"]
    give_app(user)
    codes = codes_for(user)
    assert len(set(codes)) == 10
    for expected in (True, False):
        client = Client()
        type_password(client, "owner")
        client.post("/sign-in/confirm/", {"code": codes[0].lower()})
        assert is_signed_in(client) is expected
    assert mfa.codes_left(user) == 9
    kept = str(list(RecoveryCode.objects.values_list("code_hash", flat=True)))
    assert codes[1].replace("-", "") not in kept


def test_it_makes_old_recovery_codes_worthless(world: World) -> None:
    user = world.people["owner"]
    give_app(user)
    old, new = codes_for(user), codes_for(user)
    assert mfa.check_code(user, old[0]) is None
    assert mfa.check_code(user, new[0]) == "recovery code"


def test_it_takes_no_recovery_code_of_another_person(world: World) -> None:
    for name in ("owner", "reader"):
        give_app(world.people[name])
    codes = codes_for(world.people["reader"])
    assert mfa.check_code(world.people["owner"], codes[0]) is None
    assert mfa.check_code(world.people["reader"], codes[0]) == "recovery code"


@pytest.mark.django_db(transaction=True)
def test_it_takes_a_recovery_code_from_one_of_two_at_once() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory lets no two threads write")
    user = User.objects.create_user("racer")
    give_app(user)
    code, used = codes_for(user)[0], []

    def use() -> None:
        try:
            used.append(mfa.check_code(user, code))
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(used, key=str) == [None, None, None, "recovery code"]
