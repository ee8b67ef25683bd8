import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import throttle
from accounts.models import AuditEntry, SignInThrottle
from tests.accounts.factors import is_signed_in, type_password
from tests.world import PASSWORD, World

LOCKED = "Too many attempts. Try again in 15 minutes."


def fail(name: str, times: int, address: str = "192.0.2.1") -> list[int]:
    form = {"username": name, "password": "wrong"}
    return [Client().post("/sign-in/", form, REMOTE_ADDR=address).status_code for _ in range(times)]


def test_it_locks_a_name_after_five_wrong_passwords_even_for_the_right_one(world: World) -> None:
    assert fail("owner", 6) == [200] * 5 + [429]
    client = Client()
    page = type_password(client, "owner")
    assert page.status_code == 429
    assert LOCKED in page.content.decode()
    assert not is_signed_in(client)
    assert type_password(Client(), "reader").status_code == 302


def test_it_locks_a_name_that_nobody_has_just_the_same(world: World) -> None:
    assert fail("nobody", 6) == fail("owner", 6)


def test_it_lets_the_person_in_once_the_lock_has_passed(world: World) -> None:
    fail("owner", 5)
    SignInThrottle.objects.update(locked_until=timezone.now() - timedelta(seconds=1))
    assert type_password(Client(), "owner").status_code == 302


def test_it_forgets_failures_after_a_success_and_after_a_while(world: World) -> None:
    for _ in range(3):
        fail("owner", 4)
        assert type_password(Client(), "owner").status_code == 302
    fail("owner", 4)
    SignInThrottle.objects.update(first_at=timezone.now() - timedelta(minutes=16))
    assert fail("owner", 4) == [200] * 4


def test_it_locks_an_address_that_tries_many_names_and_leaves_others_alone(world: World) -> None:
    for number in range(50):
        fail(f"name{number}", 1, address="192.0.2.9")
    form = {"username": "owner", "password": "correct horse battery"}
    assert Client().post("/sign-in/", form, REMOTE_ADDR="192.0.2.9").status_code == 429
    assert Client().post("/sign-in/", form, REMOTE_ADDR="192.0.2.10").status_code == 302


@pytest.mark.parametrize(
    ("same", "other"),
    [
        (["2001:db8:1:2::7", "2001:db8:1:2:ffff::9"], "2001:db8:1:3::7"),
        (["192.0.2.9", "::ffff:192.0.2.9"], "::ffff:192.0.2.10"),
    ],
)
def test_it_counts_a_whole_ipv6_network_as_one_address(world: World, same: list[str], other: str) -> None:
    for number in range(50):
        fail(f"name{number}", 1, address=same[number % 2])
    form = {"username": "owner", "password": PASSWORD}
    assert [Client().post("/sign-in/", form, REMOTE_ADDR=one).status_code for one in same] == [429, 429]
    assert Client().post("/sign-in/", form, REMOTE_ADDR=other).status_code == 302


def test_it_does_not_hold_successes_against_an_office_behind_one_address(world: World, settings: Any) -> None:
    settings.SIGN_IN_FAILURES = 1
    for _ in range(15):
        assert type_password(Client(), "owner").status_code == 302


def test_it_does_not_let_a_success_of_ones_own_unlock_an_address(world: World, settings: Any) -> None:
    settings.SIGN_IN_FAILURES = 2
    for number in range(19):
        fail(f"name{number}", 1)
        type_password(Client(), "reader")
    assert fail("someone", 3)[-1] == 429


def test_it_keeps_neither_names_nor_addresses(world: World) -> None:
    fail("hunter2 is my password", 1)
    assert all(len(row.key) == 64 for row in SignInThrottle.objects.all())


def test_it_audits_the_lock_and_not_every_attempt_during_it(world: World) -> None:
    fail("owner", 9)
    codes = list(
        AuditEntry.objects.filter(outcome="refused").order_by("id").values_list("error_code", flat=True)
    )
    assert codes == ["WrongPassword"] * 4 + ["Locked"]


@pytest.mark.django_db(transaction=True)
def test_it_counts_a_hundred_attempts_at_once_as_a_hundred() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory lets no two threads write")
    admitted: list[bool] = []

    def attempt() -> None:
        try:
            admitted.append(throttle.count("key") is None)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(admitted) == 30
    assert admitted.count(True) == 5
