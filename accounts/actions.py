"""The actions that Homeport asks the gate about, by name. Patterns with `*` grant or exclude them in role definitions."""

from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

VM_READ = "Microsoft.Compute/virtualMachines/read"
VM_WRITE = "Microsoft.Compute/virtualMachines/write"
VM_DELETE = "Microsoft.Compute/virtualMachines/delete"
VM_START = "Microsoft.Compute/virtualMachines/start/action"
VM_RESTART = "Microsoft.Compute/virtualMachines/restart/action"
VM_POWER_OFF = "Microsoft.Compute/virtualMachines/powerOff/action"
VM_DEALLOCATE = "Microsoft.Compute/virtualMachines/deallocate/action"
VM_REDEPLOY = "Microsoft.Compute/virtualMachines/redeploy/action"
SCALE_SET_READ = "Microsoft.Compute/virtualMachineScaleSets/read"
SUBSCRIPTION_READ = "Microsoft.Resources/subscriptions/read"
SUBSCRIPTION_WRITE = "Microsoft.Resources/subscriptions/write"
GROUP_READ = "Microsoft.Resources/subscriptions/resourceGroups/read"
GROUP_WRITE = "Microsoft.Resources/subscriptions/resourceGroups/write"
STORAGE_READ = "Microsoft.Storage/storageAccounts/read"
STORAGE_WRITE = "Microsoft.Storage/storageAccounts/write"
STORAGE_KEYS = "Microsoft.Storage/storageAccounts/listKeys/action"
LOG_READ = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
LOG_DELETE = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete"
NETWORK_READ = "Microsoft.Network/virtualNetworks/read"
CONNECT = "Microsoft.SerialConsole/serialPorts/connect/action"
WATCH = "Microsoft.SerialConsole/serialPorts/watch/action"
PORT_READ = "Microsoft.SerialConsole/serialPorts/read"
PORT_WRITE = "Microsoft.SerialConsole/serialPorts/write"
NMI = "Microsoft.SerialConsole/serialPorts/nmi/action"
SYSRQ = "Microsoft.SerialConsole/serialPorts/sysRq/action"
CONSOLE_READ = "Microsoft.SerialConsole/consoleServices/read"
CONSOLE_ENABLE = "Microsoft.SerialConsole/consoleServices/enableConsole/action"
CONSOLE_DISABLE = "Microsoft.SerialConsole/consoleServices/disableConsole/action"
ASSIGNMENT_READ = "Microsoft.Authorization/roleAssignments/read"
ASSIGNMENT_WRITE = "Microsoft.Authorization/roleAssignments/write"
ASSIGNMENT_DELETE = "Microsoft.Authorization/roleAssignments/delete"
ROLE_READ = "Microsoft.Authorization/roleDefinitions/read"
ROLE_WRITE = "Microsoft.Authorization/roleDefinitions/write"
DIRECTORY_READ = "Homeport.Directory/people/read"
DIRECTORY_WRITE = "Homeport.Directory/people/write"
TENANT_READ = "Homeport.Directory/tenant/read"
TENANT_WRITE = "Homeport.Directory/tenant/write"
AUDIT_READ = "Homeport.Audit/entries/read"
SESSION_READ = "Homeport.Audit/sessions/read"
SESSION_END = "Microsoft.SerialConsole/serialPorts/endSession/action"
HOLD_WRITE = "Homeport.Audit/holds/write"

# recorded as they happen; nobody asks the gate for them by these names
SIGN_IN = "Homeport.Directory/signIn/action"
SIGN_OUT = "Homeport.Directory/signOut/action"
SIGN_OUT_EVERYWHERE = "Homeport.Directory/signOutEverywhere/action"
CONFIRM = "Homeport.Directory/confirm/action"
STAFF_GRANT_WRITE = "Homeport.Directory/staffGrants/write"
STAFF_GRANT_DELETE = "Homeport.Directory/staffGrants/delete"
ROLE_DELETE = "Microsoft.Authorization/roleDefinitions/delete"
DETACH = "Microsoft.SerialConsole/serialPorts/detach/action"
TAKE_OVER = "Microsoft.SerialConsole/serialPorts/takeOver/action"
LOG_OUT = "Microsoft.SerialConsole/serialPorts/logOut/action"
BREAK = "Microsoft.SerialConsole/serialPorts/break/action"
TICKET = "Microsoft.SerialConsole/serialPorts/ticket/action"
LOG_LINK = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/link/action"
AUDIT_EXPORT = "Homeport.Audit/entries/export/action"
AUDIT_SEAL = "Homeport.Audit/entries/seal/action"
AUDIT_EXPIRE = "Homeport.Audit/entries/delete"
SESSION_EXPIRE = "Homeport.Audit/sessions/delete"
RETENTION_WRITE = "Homeport.Audit/retention/write"
FORWARDING_WRITE = "Homeport.Audit/forwarding/write"
JOB_RETRY = "Homeport.Platform/jobs/retry/action"
JOB_FORGET = "Homeport.Platform/jobs/delete"

DATA_ACTIONS = {LOG_READ.lower(), LOG_DELETE.lower()}

MEANINGS: dict[str, Promise] = {
    VM_READ: _("See a virtual machine and its state"),
    VM_WRITE: _("Change a virtual machine's settings"),
    VM_DELETE: _("Remove a virtual machine from the portal"),
    VM_START: _("Start a virtual machine"),
    VM_RESTART: _("Restart or reset a virtual machine"),
    VM_POWER_OFF: _("Shut down or power off a virtual machine"),
    VM_DEALLOCATE: _("Stop and deallocate a virtual machine"),
    VM_REDEPLOY: _("Redeploy a virtual machine"),
    SCALE_SET_READ: _("See a scale set and its instances"),
    SUBSCRIPTION_READ: _("See a subscription"),
    SUBSCRIPTION_WRITE: _("Change a subscription's settings"),
    GROUP_READ: _("See a resource group"),
    GROUP_WRITE: _("Create and change resource groups"),
    STORAGE_READ: _("See a storage account"),
    STORAGE_WRITE: _("Change a storage account"),
    STORAGE_KEYS: _("Use a storage account's keys"),
    LOG_READ: _("Read logs kept in a storage account"),
    LOG_DELETE: _("Delete logs kept in a storage account"),
    NETWORK_READ: _("See virtual networks"),
    CONNECT: _("Connect to a serial console and type"),
    WATCH: _("Watch a serial console without typing"),
    PORT_READ: _("See a serial port's state"),
    PORT_WRITE: _("Enable or disable a serial port"),
    NMI: _("Send a non-maskable interrupt, which is meant to crash the guest"),
    SYSRQ: _("Send SysRq keys and Ctrl-Alt-Del"),
    CONSOLE_READ: _("See a subscription's console switch"),
    CONSOLE_ENABLE: _("Turn a subscription's consoles on"),
    CONSOLE_DISABLE: _("Turn a subscription's consoles off"),
    ASSIGNMENT_READ: _("See who has access"),
    ASSIGNMENT_WRITE: _("Give access"),
    ASSIGNMENT_DELETE: _("Take access away"),
    ROLE_READ: _("See role definitions"),
    ROLE_WRITE: _("Create and change custom roles"),
    DIRECTORY_READ: _("See people, groups and service principals"),
    DIRECTORY_WRITE: _("Manage people, groups and service principals"),
    TENANT_READ: _("See the tenant's settings"),
    TENANT_WRITE: _("Change the tenant's settings"),
    AUDIT_READ: _("Read the audit log"),
    SESSION_READ: _("See who was attached to which console"),
    SESSION_END: _("End somebody else's console session"),
    HOLD_WRITE: _("Put a legal hold on records, and end it"),
}


@lru_cache(maxsize=4096)
def _pieces(pattern: str) -> list[str]:
    return pattern.lower().split("*")


def matches(pattern: str, action: str) -> bool:
    """In one pass: tenants write the patterns, and a regular expression of many stars would run for hours."""
    first, *middle = _pieces(pattern)
    action = action.lower()
    if not middle:
        return action == first
    last, at = middle.pop(), len(first)
    if not action.startswith(first):
        return False
    for piece in middle:
        found = action.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return action.endswith(last) and len(action) - len(last) >= at


def covers_known(pattern: str, *, data: bool) -> bool:
    """A pattern that covers nothing Homeport asks about is legal, and probably a slip."""
    return any(is_data_action(action) is data and matches(pattern, action) for action in MEANINGS)


def is_data_action(action: str) -> bool:
    return action.lower() in DATA_ACTIONS


def only_looks(action: str) -> bool:
    """Control-plane reads: refusals of them are not worth an audit entry, and address rules let them pass."""
    return action.lower().endswith("/read") and not is_data_action(action)
