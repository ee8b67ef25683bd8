"""What is seen of machines: told once, trouble set and cleared, hints sent, alerts made."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import events
from portal.fleet.models import Alert, AlertTarget, HealthEvent, Sighting, VirtualMachine
from portal.fleet.services import bounded
from portal.fleet.services.sightings import clear_trouble, record_sighting
from tests.world import World

NOW = timezone.now()
LINE = uuid4()


def see(world: World, kind: str, offset: int | None = 100, at: datetime = NOW) -> Sighting | None:
    return record_sighting(
        vm=world.vm, line_id=None if offset is None else LINE, kind=kind, offset=offset, at=at
    )


def trouble(world: World) -> tuple[str, datetime | None, int | None]:
    vm = VirtualMachine.objects.get(id=world.vm.id)
    return vm.trouble, vm.trouble_at, vm.trouble_offset


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_what_is_told_twice_is_known_once(world: World) -> None:
    assert see(world, "panic")
    assert see(world, "panic") is None
    assert see(world, "panic", offset=None)
    assert see(world, "panic", offset=None, at=after(2)) is None
    assert see(world, "panic", offset=None, at=after(60))
    assert Sighting.objects.count() == 3


@pytest.mark.parametrize("kind", ["panic", "oops", "emergency", "fsck"])
def test_trouble_is_set_with_its_time_and_place(world: World, kind: str) -> None:
    see(world, kind)
    assert trouble(world) == (kind, NOW, 100)


@pytest.mark.parametrize("kind", ["login", "sac"])
def test_a_prompt_ends_trouble_that_is_older_than_it(world: World, kind: str) -> None:
    see(world, "emergency", at=after(10))
    see(world, kind, offset=50, at=NOW)
    assert trouble(world)[0] == "emergency"
    see(world, kind, offset=200, at=after(20))
    assert trouble(world) == ("", after(20), None)


def test_what_was_printed_before_a_reset_and_noticed_after_it_is_over(world: World) -> None:
    see(world, "panic", offset=None)
    clear_trouble(vm_id=world.vm.id, at=after(1))
    see(world, "panic", offset=700, at=after(0.9))
    assert trouble(world)[0] == ""
    see(world, "panic", offset=900, at=after(1.1))
    assert trouble(world)[0] == "panic"


def test_a_boot_menu_is_neither_trouble_nor_its_end(world: World) -> None:
    see(world, "grub")
    assert trouble(world)[0] == ""
    see(world, "panic", offset=200)
    see(world, "grub", offset=300, at=after(5))
    assert trouble(world)[0] == "panic"


def test_a_panic_that_the_machine_told_gains_its_place_in_the_log(world: World) -> None:
    see(world, "panic", offset=None)
    assert trouble(world) == ("panic", NOW, None)
    see(world, "panic", offset=700, at=after(0.2))
    assert trouble(world) == ("panic", NOW, 700)
    see(world, "panic", offset=900, at=after(0.3))
    assert trouble(world) == ("panic", NOW, 700)


def test_an_oops_in_a_panics_own_words_is_not_news(world: World) -> None:
    see(world, "oops")
    see(world, "panic", offset=200, at=after(1))
    see(world, "oops", offset=300, at=after(2))
    assert trouble(world)[0] == "panic"


def test_a_start_ends_what_was_before_it(world: World) -> None:
    see(world, "panic")
    assert not clear_trouble(vm_id=world.vm.id, at=after(-1))
    assert clear_trouble(vm_id=world.vm.id, at=after(1))
    assert not clear_trouble(vm_id=world.vm.id, at=after(2))
    assert trouble(world) == ("", after(2), None)


def test_it_is_announced_to_the_tenant(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(events, "_send", lambda group, message: sent.append((group, message)))
    with django_capture_on_commit_callbacks(execute=True):
        see(world, "grub")
    assert sent == [
        (
            events.group_of(world.contoso.id),
            {"type": "machine.changed", "tenant": str(world.contoso.id), "vm": world.vm.scope_key},
        )
    ]


def test_health_follows_trouble_while_the_machine_runs(world: World) -> None:
    see(world, "panic")
    see(world, "login", offset=200, at=after(1))
    assert list(HealthEvent.objects.order_by("id").values_list("state", flat=True)) == [
        "Degraded",
        "Available",
    ]


def target(world: World, **fields: object) -> AlertTarget:
    made = {"kind": "webhook", "address": "https://hooks.example/1", "tenant": world.contoso, **fields}
    return AlertTarget.objects.create(**made)


def test_each_target_of_the_tenant_gets_one_alert_when_trouble_begins(world: World) -> None:
    first, second = target(world), target(world, kind="email", address="ops@contoso.example")
    target(world, address="https://hooks.example/off", enabled=False)
    target(world, tenant=world.fabrikam)
    see(world, "panic")
    see(world, "panic", offset=200, at=after(1))
    see(world, "login", offset=300, at=after(2))
    assert {alert.target for alert in Alert.objects.all()} == {first, second}
    assert Alert.objects.count() == 2
    assert all(alert.next_try_at for alert in Alert.objects.all())


def test_a_machine_that_crashes_as_it_boots_is_told_of_once_in_a_while(world: World) -> None:
    target(world)
    for crash in range(5):
        see(world, "panic", offset=crash, at=after(crash * 20))
        clear_trouble(vm_id=world.vm.id, at=after(crash * 20 + 1))
    assert Alert.objects.count() == 1
    see(world, "fsck", offset=99, at=after(200))
    assert Alert.objects.count() == 2
    Alert.objects.update(made_at=NOW - timedelta(hours=1))
    see(world, "panic", offset=999, at=after(300))
    assert Alert.objects.count() == 3


def test_a_guest_that_prints_for_ever_keeps_a_bounded_number_of_rows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "KEPT", 5)
    monkeypatch.setattr(bounded, "EVERY", 2)
    for offset in range(20):
        see(world, "login", offset=offset, at=after(offset))
    kept = list(Sighting.objects.order_by("offset").values_list("offset", flat=True))
    assert len(kept) <= 6
    assert kept[-1] == 19
