"""The built-in role definitions, with their published ids. `sync_built_in_roles` writes them after every migrate."""

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext_noop as _

from accounts import actions
from accounts.models import RoleDefinition

DIRECTORY_WRITES = ["Homeport.Directory/*/write", "Homeport.Directory/*/delete"]


@dataclass(frozen=True)
class BuiltIn:
    id: UUID
    name: str
    description: str
    actions: list[str]
    not_actions: list[str] = field(default_factory=list)
    data_actions: list[str] = field(default_factory=list)


OWNER = BuiltIn(
    UUID("8e3af657-a8ff-443c-a75c-2fe8c4bcb635"),
    _("Owner"),
    _("Everything, including who may do what."),
    ["*"],
)
CONTRIBUTOR = BuiltIn(
    UUID("b24988ac-6180-42a0-ab88-20f7382dd24c"),
    _("Contributor"),
    _("Everything except giving access to others."),
    ["*"],
    [
        "Microsoft.Authorization/*/Delete",
        "Microsoft.Authorization/*/Write",
        "Microsoft.Authorization/elevateAccess/Action",
        *DIRECTORY_WRITES,
    ],
)
READER = BuiltIn(
    UUID("acdd72a7-3385-48ef-bd42-f606fba81ae7"),
    _("Reader"),
    _("Sees everything and changes nothing."),
    ["*/read"],
)
USER_ACCESS_ADMINISTRATOR = BuiltIn(
    UUID("18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"),
    _("User Access Administrator"),
    _("Gives and takes access; sees everything."),
    ["*/read", "Microsoft.Authorization/*", "Homeport.Directory/people/write"],
)
VM_CONTRIBUTOR = BuiltIn(
    UUID("9980e02c-c2be-4d73-94e8-173b1dc7cf3c"),
    _("Virtual Machine Contributor"),
    _("Manages virtual machines and uses their consoles."),
    [
        "Microsoft.Authorization/*/read",
        "Microsoft.Compute/availabilitySets/*",
        "Microsoft.Compute/locations/*",
        "Microsoft.Compute/virtualMachines/*",
        "Microsoft.Compute/virtualMachineScaleSets/*",
        "Microsoft.Compute/disks/read",
        "Microsoft.Compute/disks/write",
        "Microsoft.Compute/disks/delete",
        "Microsoft.Network/networkInterfaces/*",
        "Microsoft.Network/networkSecurityGroups/join/action",
        "Microsoft.Network/networkSecurityGroups/read",
        "Microsoft.Network/virtualNetworks/read",
        "Microsoft.Network/virtualNetworks/subnets/join/action",
        "Microsoft.Network/networkWatchers/*/action",
        "Microsoft.ResourceHealth/availabilityStatuses/read",
        "Microsoft.Resources/deployments/*",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
        "Microsoft.SerialConsole/serialPorts/*",
        "Microsoft.Storage/storageAccounts/listKeys/action",
        "Microsoft.Storage/storageAccounts/read",
    ],
)
STORAGE_ACCOUNT_CONTRIBUTOR = BuiltIn(
    UUID("17d1049b-9a84-46fb-8f53-869881c3d3ab"),
    _("Storage Account Contributor"),
    _("Manages storage accounts and their keys."),
    [
        "Microsoft.Authorization/*/read",
        "Microsoft.ResourceHealth/availabilityStatuses/read",
        "Microsoft.Resources/deployments/*",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
        "Microsoft.Storage/storageAccounts/*",
    ],
)
STORAGE_BLOB_DATA_READER = BuiltIn(
    UUID("2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"),
    _("Storage Blob Data Reader"),
    _("Reads what is kept in storage accounts, boot diagnostics logs among it."),
    [
        "Microsoft.Storage/storageAccounts/blobServices/containers/read",
        "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
    ],
    data_actions=["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"],
)
STORAGE_BLOB_DATA_CONTRIBUTOR = BuiltIn(
    UUID("ba92f5b4-2d11-453d-a403-e96b0029c9fe"),
    _("Storage Blob Data Contributor"),
    _("Reads and deletes what is kept in storage accounts, boot diagnostics logs among it."),
    [
        "Microsoft.Storage/storageAccounts/blobServices/containers/delete",
        "Microsoft.Storage/storageAccounts/blobServices/containers/read",
        "Microsoft.Storage/storageAccounts/blobServices/containers/write",
        "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
    ],
    data_actions=[
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write",
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/move/action",
        "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action",
    ],
)
CONSOLE_OPERATOR = BuiltIn(
    UUID("5e71a1c0-0001-4c0e-9a5e-c0501e000001"),
    _("Serial Console Operator"),
    _("The least that opens a console: see, start, connect, and use the boot diagnostics storage account."),
    [
        actions.VM_READ,
        "Microsoft.Compute/virtualMachines/start/action",
        "Microsoft.Compute/virtualMachineScaleSets/*/read",
        actions.SCALE_SET_READ,
        actions.GROUP_READ,
        actions.STORAGE_KEYS,
        actions.STORAGE_READ,
        actions.CONNECT,
        actions.WATCH,
        actions.PORT_READ,
    ],
)
CONSOLE_WATCHER = BuiltIn(
    UUID("5e71a1c0-0002-4c0e-9a5e-c0501e000002"),
    _("Serial Console Watcher"),
    _("Watches consoles and never types."),
    [
        actions.VM_READ,
        "Microsoft.Compute/virtualMachineScaleSets/*/read",
        actions.SCALE_SET_READ,
        actions.GROUP_READ,
        actions.WATCH,
        actions.PORT_READ,
    ],
)
CONSOLE_AUDITOR = BuiltIn(
    UUID("5e71a1c0-0003-4c0e-9a5e-c0501e000003"),
    _("Serial Console Auditor"),
    _("Reads the audit log, recorded sessions and who has access; opens no console."),
    [
        "Homeport.Audit/*/read",
        actions.DIRECTORY_READ,
        actions.VM_READ,
        "Microsoft.Compute/virtualMachineScaleSets/*/read",
        actions.SCALE_SET_READ,
        actions.SUBSCRIPTION_READ,
        actions.GROUP_READ,
        actions.STORAGE_READ,
        actions.PORT_READ,
        actions.CONSOLE_READ,
        "Microsoft.Authorization/*/read",
    ],
    data_actions=[actions.LOG_READ],
)
BUILT_INS = [
    OWNER,
    CONTRIBUTOR,
    READER,
    USER_ACCESS_ADMINISTRATOR,
    VM_CONTRIBUTOR,
    STORAGE_ACCOUNT_CONTRIBUTOR,
    STORAGE_BLOB_DATA_READER,
    STORAGE_BLOB_DATA_CONTRIBUTOR,
    CONSOLE_OPERATOR,
    CONSOLE_WATCHER,
    CONSOLE_AUDITOR,
]


def sync_built_in_roles() -> None:
    for role in BUILT_INS:
        RoleDefinition.objects.update_or_create(
            id=role.id,
            defaults={
                "tenant": None,
                "name": role.name,
                "description": role.description,
                "actions": role.actions,
                "not_actions": role.not_actions,
                "data_actions": role.data_actions,
            },
        )
