import asyncio

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from accounts import events
from accounts.models import Tenant
from accounts.roles import VM_CONTRIBUTOR
from accounts.services.roles import assign_role
from portal.fleet.services.removal import remove_vm
from portal.fleet.services.resources import add_vm
from portal.fleet.services.switches import set_boot_diagnostics, switch_console, switch_port
from tests import world as worlds

pytestmark = pytest.mark.django_db(transaction=True)


class Listener:
    """Hears what a live console of the tenant would hear."""

    def __init__(self, tenant: Tenant | None) -> None:
        """Without a tenant: what a hub would hear."""
        self.layer = get_channel_layer()
        self.channel = async_to_sync(self.layer.new_channel)()
        group = events.group_of(tenant.id) if tenant else events.HUBS
        async_to_sync(self.layer.group_add)(group, self.channel)

    def next(self) -> dict[str, object]:
        async def receive() -> dict[str, object]:
            return await asyncio.wait_for(self.layer.receive(self.channel), 2)

        return async_to_sync(receive)()

    def hears_nothing(self) -> bool:
        return not self.layer.channels.get(self.channel) or self.layer.channels[self.channel].empty()


def test_a_switch_is_announced_once_it_is_committed_and_not_before() -> None:
    world = worlds.build()
    listener = Listener(world.contoso)
    with transaction.atomic():
        switch_console(by=worlds.SYSTEM, subscription=world.subscription, enabled=False, reason="maintenance")
        assert listener.hears_nothing()
    heard = listener.next()
    assert heard["type"] == events.SWITCH_CHANGED
    assert (heard["subscription"], heard["enabled"]) == (str(world.subscription.id), False)


def test_a_switch_that_is_rolled_back_is_not_announced() -> None:
    world = worlds.build()
    listener = Listener(world.contoso)
    with transaction.atomic():
        switch_console(by=worlds.SYSTEM, subscription=world.subscription, enabled=False)
        transaction.set_rollback(True)
    assert listener.hears_nothing()


def test_a_changed_right_names_whose_it_is_and_other_tenants_hear_nothing() -> None:
    world = worlds.build()
    here, elsewhere = Listener(world.contoso), Listener(world.fabrikam)
    assign_role(
        by=worlds.SYSTEM, tenant=world.contoso, principal_kind="User", principal_id=world.people["bystander"].id,
        role=worlds.role(VM_CONTRIBUTOR), scope=world.vm.scope,
    )  # fmt: skip
    heard = here.next()
    assert (heard["type"], heard["principal"]) == (events.ACCESS_CHANGED, str(world.people["bystander"].id))
    assert elsewhere.hears_nothing()


def test_hubs_are_told_of_each_change_of_lines_and_of_nothing_else() -> None:
    world = worlds.build()
    hub = Listener(None)
    switch_console(by=worlds.SYSTEM, subscription=world.subscription, enabled=False)
    assert hub.hears_nothing()
    switch_port(by=worlds.SYSTEM, port=world.vm.ports.get(), enabled=False)
    assert hub.next() == {"type": events.LINES_CHANGED, "host": world.vm.host}
    set_boot_diagnostics(by=worlds.SYSTEM, vm=world.vm, enabled=False)
    assert hub.next()["host"] == world.vm.host
    add_vm(by=worlds.SYSTEM, group=world.group, name="new", os="Linux", serial_url="loop://", host="rack-2")
    assert hub.next()["host"] == "rack-2"
    remove_vm(by=worlds.SYSTEM, vm=world.other_vm)
    assert hub.next()["host"] == world.other_vm.host
    assert hub.hears_nothing()
