"""Whether a console can be attached: the order of reasons, and what its page says for each."""

from dataclasses import replace

import pytest
from django.utils import timezone

from accounts import actions
from accounts.decisions import NotVisible, Refused
from accounts.models import RoleAssignment
from accounts.roles import CONSOLE_OPERATOR, VM_CONTRIBUTOR
from consoles.selectors import Code, Mode, Readiness, readiness
from consoles.sentences import TITLES
from portal.fleet.models import VirtualMachine
from tests.world import World, give


def ask(world: World, person: str = "owner") -> Readiness:
    world.vm.refresh_from_db()
    return readiness(world.principal(person), world.vm)


def change(world: World, **fields: object) -> None:
    for field, value in fields.items():
        setattr(world.vm, field, value)
    world.vm.save()


def test_who_may_connect_who_may_watch_and_who_neither(world: World) -> None:
    assert (ask(world, "owner").code, ask(world, "owner").mode) == (Code.READY, Mode.CONNECT)
    assert (ask(world, "contributor").code, ask(world, "contributor").mode) == (Code.READY, Mode.CONNECT)
    assert (ask(world, "watcher").code, ask(world, "watcher").mode) == (Code.READY, Mode.WATCH)
    for person in ("reader", "auditor", "bystander"):
        refused = ask(world, person)
        assert refused.code is Code.MISSING_ROLE
        assert refused.missing is not None
        assert (refused.missing.action, refused.missing.scope) == (actions.CONNECT, world.vm.scope)
    with pytest.raises(NotVisible):
        ask(world, "stranger")


def test_typing_needs_the_keys_of_a_storage_account_of_ones_own(world: World) -> None:
    """The same person connects as soon as the account is the managed one, or the keys are granted."""
    bystander = world.people["bystander"]
    give(bystander, world.contoso, VM_CONTRIBUTOR, world.vm.scope)
    refused = ask(world, "bystander")
    assert refused.mode is Mode.WATCH
    assert refused.missing is not None
    assert (refused.missing.action, refused.missing.scope) == (actions.STORAGE_KEYS, world.storage.scope)
    change(world, diagnostics_account=None)
    assert ask(world, "bystander").mode is Mode.CONNECT
    change(world, diagnostics_account=world.storage)
    give(bystander, world.contoso, CONSOLE_OPERATOR, world.storage.scope)
    assert ask(world, "bystander").mode is Mode.CONNECT


def break_everything(world: World) -> None:
    world.subscription.console_enabled = False
    world.subscription.save()
    world.storage.kind = "premium"
    world.storage.save()
    world.vm.ports.update(enabled=False)
    change(world, boot_diagnostics=False, provisioning_state="Creating", power_state="deallocated")


def repair(world: World, code: Code) -> None:
    if code is Code.SUBSCRIPTION_OFF:
        world.subscription.console_enabled = True
        world.subscription.save()
    if code is Code.PORT_OFF:
        world.vm.ports.update(enabled=True)
    if code is Code.STORAGE_KIND:
        world.storage.kind = "local"
        world.storage.save()
    repaired: dict[Code, dict[str, object]] = {
        Code.DIAGNOSTICS_OFF: {"boot_diagnostics": True},
        Code.PROVISIONING: {"provisioning_state": "Succeeded"},
        Code.DEALLOCATED: {"power_state": "running"},
    }
    change(world, **repaired.get(code, {}))


def test_reasons_come_in_their_order_until_none_is_left(world: World) -> None:
    break_everything(world)
    order = [
        Code.SUBSCRIPTION_OFF,
        Code.DIAGNOSTICS_OFF,
        Code.PORT_OFF,
        Code.PROVISIONING,
        Code.DEALLOCATED,
        Code.STORAGE_KIND,
    ]
    for code in order:
        world.vm = VirtualMachine.objects.get(pk=world.vm.pk)
        assert ask(world).code is code
        repair(world, code)
    world.vm = VirtualMachine.objects.get(pk=world.vm.pk)
    assert ask(world).code is Code.READY


def test_the_missing_right_is_said_before_any_switch(world: World) -> None:
    break_everything(world)
    assert ask(world, "reader").code is Code.MISSING_ROLE


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"power_state": "stopped"}, Code.STOPPED),
        ({"power_state": "deallocating"}, Code.CHANGING),
        ({"power_state": "starting"}, Code.READY),
        ({"power_state": "unknown"}, Code.READY),
        ({"provisioning_state": "Deleting"}, Code.PROVISIONING),
        ({"provisioning_state": "Failed"}, Code.READY),
        ({"provisioning_state": "Updating"}, Code.READY),
    ],
)
def test_a_machine_in_trouble_keeps_its_console(fields: dict[str, object], code: Code, world: World) -> None:
    change(world, **fields)
    assert ask(world).code is code


def test_a_machine_without_a_port_says_so(world: World) -> None:
    world.vm.ports.all().delete()
    assert ask(world).code is Code.NO_PORT


def test_another_network_than_the_allowed_ones_says_so(world: World) -> None:
    world.subscription.address_rules = ["192.0.2.0/24"]
    world.subscription.save()
    world.vm = VirtualMachine.objects.get(pk=world.vm.pk)
    assert ask(world).code is Code.ADDRESS
    world.subscription.address_rules = ["127.0.0.0/8"]
    world.subscription.save()
    world.vm = VirtualMachine.objects.get(pk=world.vm.pk)
    assert ask(world).code is Code.READY


def test_a_tenant_that_asks_for_a_second_factor_asks_for_it_here(world: World) -> None:
    world.contoso.require_mfa = True
    world.contoso.save()
    with pytest.raises(Refused):
        ask(world)
    fresh = replace(world.principal("owner"), mfa_at=timezone.now())
    assert readiness(fresh, world.vm).code is Code.READY


def test_a_role_that_ended_opens_nothing(world: World) -> None:
    assert ask(world, "contributor").mode is Mode.CONNECT
    RoleAssignment.objects.filter(principal_id=world.people["contributor"].id).update(
        expires_at=timezone.now()
    )
    assert ask(world, "contributor").code is Code.MISSING_ROLE


def test_every_refusal_has_a_title() -> None:
    assert set(TITLES) == set(Code) - {Code.READY}
