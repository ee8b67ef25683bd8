from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.fleet.models import NetworkInterface, Subnet, VirtualNetwork
from portal.fleet.services.resources import add_vm
from tests import world as worlds
from tests.arm.conftest import CallerOf


def test_a_vm_has_what_clients_read(world: worlds.World, caller_of: CallerOf) -> None:
    vm = caller_of("owner").get(f"{world.vm.scope}?$expand=instanceView&api-version=2026-04-01").json()
    assert (vm["id"], vm["name"], vm["location"]) == (world.vm.scope, "web-1", "local")
    assert vm["type"] == "Microsoft.Compute/virtualMachines"
    properties = vm["properties"]
    assert properties["storageProfile"]["osDisk"] == {"osType": "Linux", "createOption": "Attach"}
    assert properties["diagnosticsProfile"] == {"bootDiagnostics": {"enabled": True}}
    assert properties["instanceView"]["osName"] == "Linux"
    assert properties["instanceView"]["statuses"] == [
        {"code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Provisioning succeeded"},
        {"code": "PowerState/running", "level": "Info", "displayStatus": "VM running"},
    ]
    view = caller_of("owner").get(f"{world.other_vm.scope}/instanceView").json()
    assert view["statuses"][1]["code"] == "PowerState/deallocated"
    assert "instanceView" not in caller_of("owner").get(world.vm.scope).json()["properties"]


def test_lists_hold_the_machines_the_caller_sees(world: worlds.World, caller_of: CallerOf) -> None:
    of_subscription = f"/subscriptions/{world.subscription.id}/providers/Microsoft.Compute/virtualMachines"
    of_group = f"{world.group.scope}/providers/Microsoft.Compute/virtualMachines"
    for path in [of_subscription, of_group]:
        names = {
            who: [vm["name"] for vm in caller_of(who).get(path).json()["value"]]
            for who in ["owner", "contributor"]
        }
        assert names == {"owner": ["web-1", "web-2", "win-1"], "contributor": ["web-1"]}
        assert caller_of("bystander").get(path).status_code == 403
        assert caller_of("stranger").get(path).status_code == 404


def test_interfaces_are_named_and_cost_no_query_each(world: worlds.World, caller_of: CallerOf) -> None:
    common = {"tenant": world.contoso, "subscription": world.subscription, "resource_group": world.group}
    network = VirtualNetwork.objects.create(name="net", **common)
    subnet = Subnet.objects.create(network=network, name="default", prefix="10.0.0.0/24")
    owner = caller_of("owner")
    path = f"/subscriptions/{world.subscription.id}/providers/Microsoft.Compute/virtualMachines"
    counts = []
    for number in (1, 2):
        vm = add_vm(
            by=worlds.SYSTEM, group=world.group, name=f"nic-{number}", os="Linux", serial_url="loop://"
        )
        NetworkInterface.objects.create(
            name=f"n{number}", vm=vm, subnet=subnet, private_address=f"10.0.0.{number}", **common
        )
        owner.get(path)
        with CaptureQueriesContext(connection) as queries:
            listed = owner.get(path).json()["value"]
        counts.append(len(queries))
        found = next(one for one in listed if one["name"] == vm.name)
        ids = [one["id"] for one in found["properties"]["networkProfile"]["networkInterfaces"]]
        assert ids == [f"{world.group.scope}/providers/Microsoft.Network/networkInterfaces/n{number}"]
    assert counts[0] == counts[1] <= 12
