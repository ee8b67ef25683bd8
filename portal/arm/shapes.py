"""What is managed, as ARM's clients expect to read it. In: models. Out: plain dictionaries."""

from typing import Any

from accounts.models import Tenant
from portal.fleet.models import ResourceGroup, SerialPort, StorageAccount, Subscription, VirtualMachine
from portal.fleet.models.storage import StorageKind
from portal.fleet.models.vms import PowerState

Shape = dict[str, Any]


def tenant(row: Tenant) -> Shape:
    return {"id": row.scope, "tenantId": str(row.id), "displayName": row.name}


def subscription(row: Subscription) -> Shape:
    return {
        "id": row.scope,
        "subscriptionId": str(row.id),
        "tenantId": str(row.tenant_id),
        "displayName": row.name,
        "state": "Enabled",
    }


def resource_group(row: ResourceGroup) -> Shape:
    return {
        "id": row.scope,
        "name": row.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": row.location,
        "tags": row.tags,
        "properties": {"provisioningState": "Succeeded"},
    }


def location(subscription: Subscription, name: str) -> Shape:
    return {
        "id": f"{subscription.scope}/locations/{name}",
        "name": name,
        "type": "Region",
        "displayName": name,
        "regionalDisplayName": name,
    }


def console(row: Subscription) -> Shape:
    return {"properties": {"disabled": not row.console_enabled}}


def operation(action: str, description: str) -> Shape:
    provider, resource, verb = action.split("/", 2)
    display = {"provider": provider, "resource": resource, "operation": verb, "description": description}
    return {"name": action, "isDataAction": "false", "display": display}


def port(row: SerialPort, *, in_use: bool) -> Shape:
    return {
        "id": row.scope,
        "name": str(row.number),
        "type": "Microsoft.SerialConsole/serialPorts",
        "properties": {
            "state": "enabled" if row.enabled else "disabled",
            "connectionState": "active" if in_use else "inactive",
        },
    }


def vm(row: VirtualMachine, *, with_state: bool = False) -> Shape:
    """The least that clients read. Disks are not managed here: what there is was attached."""
    properties: Shape = {
        "provisioningState": row.provisioning_state,
        "hardwareProfile": {"vmSize": row.size},
        "storageProfile": {"osDisk": {"osType": row.os, "createOption": "Attach"}},
        "networkProfile": {
            "networkInterfaces": [{"id": interface.scope} for interface in row.interfaces.all()]
        },
        "diagnosticsProfile": {"bootDiagnostics": {"enabled": row.boot_diagnostics}},
    }
    if with_state:
        properties["instanceView"] = instance_view(row)
    return {
        "id": row.scope,
        "name": row.name,
        "type": row.PROVIDER_TYPE,
        "location": row.location,
        "tags": row.tags,
        "properties": properties,
    }


def instance_view(row: VirtualMachine) -> Shape:
    return {
        "osName": row.os_name or row.os,
        "statuses": [
            _status(
                "ProvisioningState",
                row.provisioning_state.lower(),
                f"Provisioning {row.provisioning_state.lower()}",
            ),
            _status("PowerState", row.power_state, POWER[PowerState(row.power_state)]),
        ],
    }


def _status(kind: str, value: str, display: str) -> Shape:
    return {"code": f"{kind}/{value}", "level": "Info", "displayStatus": display}


def storage_account(row: StorageAccount) -> Shape:
    premium = row.kind == StorageKind.UNSUPPORTED
    return {
        "id": row.scope,
        "name": row.name,
        "type": row.PROVIDER_TYPE,
        "location": row.location,
        "tags": row.tags,
        "kind": "BlockBlobStorage" if premium else "StorageV2",
        "sku": {"name": "Premium_LRS" if premium else "Standard_LRS"},
        "properties": {
            "provisioningState": "Succeeded",
            "allowSharedKeyAccess": row.key_access,
            "networkAcls": {
                "bypass": "AzureServices",
                "defaultAction": row.default_action,
                "ipRules": [{"value": rule, "action": "Allow"} for rule in row.allowed_addresses],
                "virtualNetworkRules": [],
            },
        },
    }


# Not translated: clients look for these words.
POWER = {
    PowerState.RUNNING: "VM running",
    PowerState.STARTING: "VM starting",
    PowerState.STOPPING: "VM stopping",
    PowerState.STOPPED: "VM stopped",
    PowerState.DEALLOCATING: "VM deallocating",
    PowerState.DEALLOCATED: "VM deallocated",
    PowerState.UNKNOWN: "VM state unknown",
}
