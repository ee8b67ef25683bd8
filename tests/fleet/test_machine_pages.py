"""What pages poll of a machine, and the acts they ask for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portal.fleet.models import GuestFacts, Operation, Sighting, VirtualMachine
from portal.fleet.operations.performing import perform
from portal.fleet.services.operations import ask
from tests.fleet.acting import done, scripted
from tests.world import SYSTEM, World

ClientOf = Callable[[str], Client]


def page(vm: VirtualMachine) -> str:
    return vm.get_absolute_url()


def told(browser: Client, vm: VirtualMachine) -> dict[str, Any]:
    answer = browser.get(f"{page(vm)}machine/")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    return dict(answer.json())


def test_it_tells_what_the_machine_is_and_what_one_may_do(world: World, client_of: ClientOf) -> None:
    vm = scripted(world.vm)
    VirtualMachine.objects.filter(id=vm.id).update(machine_can=["power", "nmi"])
    owner, watcher = (told(client_of(name), vm) for name in ("owner", "watcher"))
    assert (owner["power"], owner["power_words"], owner["can"]) == ("running", "Running", ["power", "nmi"])
    assert (owner["operation"], owner["last"], owner["trouble"], owner["facts"]) == (None, None, None, None)
    assert [kind for kind, may in owner["may"].items() if not may] == ["screenshot"], "as with the log"
    assert {kind for kind, may in watcher["may"].items() if may} == {"facts"}


def test_it_tells_what_goes_on_and_what_ended_lately(world: World, client_of: ClientOf) -> None:
    vm, owner = scripted(world.vm, refuses="reset"), client_of("owner")
    asked = ask(by=world.principal("contributor"), vm=vm, kind="reset")
    now = told(owner, vm)["operation"]
    assert (now["id"], now["kind"], now["title"]) == (str(asked.id), "reset", "Hard reset")
    assert (now["state"], now["by"], now["sentence"]) == ("waiting", "contributor", "")
    perform(asked.id)
    after = told(owner, vm)
    assert after["operation"] is None
    assert (after["last"]["state"], after["last"]["error"]) == ("failed", "machine_refused")
    assert "refused" in after["last"]["sentence"]
    Operation.objects.update(ended_at=timezone.now() - timedelta(minutes=2))
    assert told(owner, vm)["last"] is None


def test_it_tells_what_was_seen(world: World, client_of: ClientOf) -> None:
    vm, now = scripted(world.vm), timezone.now()
    VirtualMachine.objects.filter(id=vm.id).update(trouble="panic", trouble_at=now, trouble_offset=4711)
    Sighting.objects.create(vm=vm, kind="panic", at=now, offset=4711)
    GuestFacts.objects.create(
        vm=vm, asked_at=now, answered_at=now, os_name="Debian 12", addresses=[["lo", "::1"]]
    )
    seen = told(client_of("owner"), vm)
    assert (seen["trouble"]["kind"], seen["trouble"]["words"]) == ("panic", "kernel panic")
    assert "4711" in seen["trouble"]["url"]
    assert seen["seen"]["last"] == "panic"
    assert (seen["facts"]["os_name"], seen["facts"]["addresses"]) == ("Debian 12", [["lo", "::1"]])


def test_an_act_is_accepted_and_a_second_one_is_told_who_was_first(world: World, client_of: ClientOf) -> None:
    vm, owner = scripted(world.vm), client_of("owner")
    first = owner.post(f"{page(vm)}act/reset/")
    assert first.status_code == 202
    assert first.json()["operation"]["kind"] == "reset"
    second = client_of("contributor").post(f"{page(vm)}act/power_off/")
    assert second.status_code == 409
    assert second.json()["sentence"].startswith("owner asked for “Hard reset” on this machine")
    assert second.json()["operation"]["id"] == first.json()["operation"]["id"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [("sysrq", {"letters": "h;"}), ("sysrq", {}), ("sysrq", {"letters": "b", "pause": "1e9"}), ("nmi", {})],
)
def test_what_cannot_be_is_told_in_a_sentence(
    world: World, client_of: ClientOf, kind: str, body: dict[str, str]
) -> None:
    answer = client_of("owner").post(f"{page(world.vm)}act/{kind}/", body)
    assert answer.status_code == 400
    assert answer.json()["sentence"]
    assert not Operation.objects.exists()


def test_what_is_no_act_is_not_found_and_asking_by_get_is_not_possible(
    world: World, client_of: ClientOf
) -> None:
    owner = client_of("owner")
    assert owner.post(f"{page(world.vm)}act/explode/").status_code == 404
    assert owner.get(f"{page(scripted(world.vm))}act/reset/").status_code == 405


def test_polling_costs_a_few_queries_however_much_has_happened(
    world: World, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    vm, owner = scripted(world.vm), client_of("owner")
    for _ in range(3):
        done(vm, "nmi", by=SYSTEM)
    owner.get(f"{page(vm)}machine/")
    with django_assert_max_num_queries(16):
        owner.get(f"{page(vm)}machine/")
