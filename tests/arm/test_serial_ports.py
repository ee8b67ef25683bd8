from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from accounts import events
from accounts.models import AuditEntry
from portal.fleet.models import ScaleSet, SerialPort, VirtualMachine
from portal.fleet.services.resources import add_vm
from tests import world as worlds
from tests.arm.conftest import CallerOf

OFF = '{"properties": {"state": "disabled"}}'
ON = '{"properties": {"state": "enabled"}}'
PORTS = "/providers/Microsoft.SerialConsole/serialPorts"


@pytest.fixture
def instance(world: worlds.World) -> VirtualMachine:
    scale_set = ScaleSet.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="crowd"
    )
    return add_vm(
        by=worlds.SYSTEM,
        group=world.group,
        name="crowd_2",
        os="Linux",
        serial_url="loop://",
        scale_set=scale_set,
        instance_id=2,
    )


def port_of(vm: VirtualMachine) -> str:
    return f"{vm.scope}{PORTS}/0"


def test_a_port_has_the_published_shape(world: worlds.World, caller_of: CallerOf) -> None:
    owner = caller_of("owner")
    one = {
        "id": port_of(world.vm),
        "name": "0",
        "type": "Microsoft.SerialConsole/serialPorts",
        "properties": {"state": "enabled", "connectionState": "inactive"},
    }
    assert owner.get(f"{port_of(world.vm)}?api-version=2018-05-01").json() == one
    assert owner.get(f"{world.vm.scope}{PORTS}").json() == {"value": [one]}
    listed = owner.get(f"/subscriptions/{world.subscription.id}{PORTS}").json()["value"]
    assert one in listed
    assert len(listed) == 3


def test_lists_hold_the_ports_the_caller_may_read(world: worlds.World, caller_of: CallerOf) -> None:
    path = f"/subscriptions/{world.subscription.id}{PORTS}"
    listed = caller_of("contributor").get(path).json()["value"]
    assert [one["id"] for one in listed] == [port_of(world.vm)]
    assert len(caller_of("owner").get(path).json()["value"]) == 3


@pytest.mark.parametrize("who", ["owner", "deputy", "contributor"])
def test_who_may_write_switches_a_port_and_gets_201(
    world: worlds.World, caller_of: CallerOf, who: str
) -> None:
    caller = caller_of(who)
    for body, state in [(OFF, "disabled"), (ON, "enabled")]:
        answer = caller.put(f"{port_of(world.vm)}?api-version=2018-05-01", body)
        assert answer.status_code == 201
        assert answer.json()["properties"]["state"] == state
        assert SerialPort.objects.get(vm=world.vm).enabled == (state == "enabled")
        entry = AuditEntry.objects.get(request_id=answer["X-Request-Id"])
        assert (entry.action, entry.scope) == ("Microsoft.SerialConsole/serialPorts/write", port_of(world.vm))


@pytest.mark.parametrize(
    ("who", "status"),
    [("reader", 403), ("watcher", 403), ("auditor", 403), ("bystander", 403), ("stranger", 404)],
)
def test_nobody_else_switches_it(world: worlds.World, caller_of: CallerOf, who: str, status: int) -> None:
    assert caller_of(who).put(port_of(world.vm), OFF).status_code == status
    assert SerialPort.objects.get(vm=world.vm).enabled
    assert caller_of("owner").put(port_of(world.vm), OFF).status_code == 201


def test_a_contributor_of_one_machine_leaves_the_next_alone(world: worlds.World, caller_of: CallerOf) -> None:
    answer = caller_of("contributor").put(port_of(world.other_vm), OFF)
    assert answer.status_code == 403
    assert port_of(world.other_vm) in answer.json()["error"]["message"]
    assert caller_of("owner").put(port_of(world.other_vm), OFF).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '"enabled"',
        '{"properties": {}}',
        '{"properties": {"state": "on"}}',
        '{"properties": {"state": "Enabled "}}',
        '{"properties": {"state": null}}',
        "[" * 100_000,
    ],
)
def test_anything_but_the_two_states_is_refused_with_a_sentence(
    world: worlds.World, caller_of: CallerOf, body: str
) -> None:
    owner = caller_of("owner")
    answer = owner.put(port_of(world.vm), body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "InvalidRequestContent"
    assert answer.json()["error"]["message"].endswith(".")
    assert SerialPort.objects.get(vm=world.vm).enabled
    assert owner.put(port_of(world.vm), OFF).status_code == 201


def test_a_wrong_state_is_told_with_the_right_ones(world: worlds.World, caller_of: CallerOf) -> None:
    message = (
        caller_of("owner")
        .put(port_of(world.vm), '{"properties": {"state": "on"}}')
        .json()["error"]["message"]
    )
    assert "properties.state" in message
    assert "'enabled' or 'disabled'" in message


@pytest.mark.parametrize("slash", ["/", "%2F", "%2f"])
def test_instances_of_a_scale_set_have_ports_too(
    world: worlds.World, caller_of: CallerOf, instance: VirtualMachine, slash: str
) -> None:
    parent = slash.join(["crowd", "virtualMachines", "2"])
    path = f"{world.group.scope}/providers/Microsoft.Compute/virtualMachineScaleSets/{parent}{PORTS}"
    owner = caller_of("owner")
    assert [one["id"] for one in owner.get(path).json()["value"]] == [port_of(instance)]
    assert owner.put(f"{path}/0", OFF).status_code == 201
    assert not SerialPort.objects.get(vm=instance).enabled
    assert caller_of("stranger").get(f"{path}/0").status_code == 404
    assert caller_of("contributor").get(f"{path}/0").status_code == 403


@pytest.mark.parametrize("number", ["1", "-1", "zero", "99999999999999999999", "²", "0/connect"])
def test_a_machine_has_only_the_ports_it_has(world: worlds.World, caller_of: CallerOf, number: str) -> None:
    owner = caller_of("owner")
    assert owner.get(f"{world.vm.scope}{PORTS}/0").status_code == 200
    assert owner.get(f"{world.vm.scope}{PORTS}/{number}").status_code == 404


def test_the_live_path_hears_of_a_port(
    world: worlds.World, caller_of: CallerOf, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    layer, owner = get_channel_layer(), caller_of("owner")
    async_to_sync(layer.group_add)(events.group_of(world.contoso.id), "listener.ports")
    with django_capture_on_commit_callbacks(execute=True):
        owner.put(port_of(world.vm), OFF)
    heard = async_to_sync(layer.receive)("listener.ports")
    assert heard["type"] == events.SWITCH_CHANGED
    assert (heard["vm"], heard["port"], heard["enabled"]) == (world.vm.scope_key, "0", False)
