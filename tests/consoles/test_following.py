"""Which lines a hub shall hold, asked of the database."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consoles.following import wanted
from portal.fleet.models import SerialPort, VirtualMachine
from portal.fleet.models.vms import MIB
from portal.fleet.services.holds import end_hold, put_hold
from portal.fleet.services.resources import add_vm
from portal.fleet.services.switches import switch_console
from tests import world as worlds
from tests.world import World

FIELDS = [
    ({}, True),
    ({"power_state": "starting"}, True),
    ({"power_state": "stopping"}, True),
    ({"power_state": "unknown"}, True),
    ({"power_state": "stopped"}, False),
    ({"power_state": "deallocating"}, False),
    ({"power_state": "deallocated"}, False),
    ({"provisioning_state": "Updating"}, True),
    ({"provisioning_state": "Failed"}, True),
    ({"provisioning_state": "Creating"}, False),
    ({"provisioning_state": "Deleting"}, False),
    ({"boot_diagnostics": False}, False),
    ({"host": "rack-2"}, False),
]


def held(vm: VirtualMachine) -> bool:
    port = vm.ports.get()
    return str(port.line_id) in {spec.id for spec in wanted("local")}


@pytest.mark.parametrize(("fields", "expected"), FIELDS)
def test_a_line_is_held_while_its_machine_may_print(
    world: World, fields: dict[str, Any], expected: bool
) -> None:
    assert held(world.vm)
    VirtualMachine.objects.filter(id=world.vm.id).update(**fields)
    assert held(world.vm) == expected
    assert held(world.foreign_vm)


def test_a_port_that_is_off_is_not_held(world: World) -> None:
    SerialPort.objects.filter(vm=world.vm).update(enabled=False)
    assert not held(world.vm)
    assert held(world.foreign_vm)


def test_the_subscriptions_switch_does_not_stop_the_recording(world: World) -> None:
    switch_console(by=worlds.SYSTEM, subscription=world.subscription, enabled=False)
    assert held(world.vm)


def test_a_line_is_told_by_its_own_id_with_its_machines_settings_in_two_queries(world: World) -> None:
    VirtualMachine.objects.filter(id=world.vm.id).update(
        log_limit_bytes=2**21, log_out_on_detach="string", logout_string="exit\\r"
    )
    with CaptureQueriesContext(connection) as queries:
        specs = {spec.id: spec for spec in wanted("local")}
    assert len(queries) == 2, "the lines, and the legal holds"
    spec = specs[str(world.vm.ports.get().line_id)]
    assert (spec.name, spec.limit, spec.log_out, spec.logout_string) == (
        f"{world.group.name}/{world.vm.name}",
        2**21,
        "string",
        "exit\\r",
    )


def test_under_a_legal_hold_the_disk_gives_a_line_all_that_it_may_have(world: World, settings: Any) -> None:
    VirtualMachine.objects.update(log_limit_bytes=MIB)
    settings.SPOOL_MIB = 8

    def limits() -> dict[str, int]:
        return {spec.id: spec.limit for spec in wanted("local")}

    mine, foreign = (str(vm.ports.get().line_id) for vm in (world.vm, world.foreign_vm))
    for resource in (world.vm, world.group, world.contoso):
        hold = put_hold(by=worlds.SYSTEM, tenant=world.contoso, resource=resource, reason="case 7")
        assert (limits()[mine], limits()[foreign]) == (8 * MIB, MIB)
        end_hold(by=worlds.SYSTEM, hold=hold)
        assert limits()[mine] == MIB


def test_a_new_machine_of_an_old_name_has_another_line(world: World) -> None:
    before, name = world.vm.ports.get().line_id, world.vm.name
    world.vm.delete()
    again = add_vm(by=worlds.SYSTEM, group=world.group, name=name, os="Linux", serial_url="loop://")
    assert again.ports.get().line_id != before
