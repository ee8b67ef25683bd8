"""Subscriptions, resource groups, storage accounts, virtual machines and a scale set, each machine in a state of its own."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.services.tenants import create_tenant
from portal.fleet.demo import lab
from portal.fleet.demo.world import DEMO, World, belonging_to, create
from portal.fleet.models import HealthEvent, ScaleSet, StorageAccount
from portal.fleet.models.vms import PowerState
from portal.fleet.services.resources import add_vm, create_resource_group, create_subscription

SUBSCRIPTIONS = {"production": "Contoso", "staging": "Contoso", "factory": "Fabrikam", "office": "Fabrikam"}
GROUPS = {
    "web": "production",
    "data": "production",
    "directory": "production",
    "test": "staging",
    "plant": "factory",
    "back-office": "office",
}


class Account(NamedTuple):
    name: str
    group: str
    kind: str
    default_action: str = "Allow"
    allowed: tuple[str, ...] = ()


ACCOUNTS = [
    Account("contosodiag", "web", "managed"),
    Account("contosologs", "web", "local"),
    Account("contosoarchive", "data", "local", "Deny", ("127.0.0.0/8", "::1/128", "10.10.0.0/16")),
    Account("contosofast", "data", "premium"),
    Account("fabrikamdiag", "plant", "managed"),
]


class Machine(NamedTuple):
    name: str
    group: str
    os: str
    os_name: str
    script: str
    power: str = "running"
    provisioning: str = "Succeeded"
    account: str = ""
    size: str = "Standard_B2s"


LINUX, WINDOWS = "Linux", "Windows"
DEBIAN, UBUNTU, RHEL = "Debian 12", "Ubuntu 24.04 LTS", "Red Hat Enterprise Linux 9"
SERVER, WITHOUT_SAC = "Windows Server 2022", "Windows Server 2019"
SPOKEN = {
    UBUNTU: "?system=ubuntu",
    RHEL: "?system=rhel",
    WITHOUT_SAC: "?sac=off",
}  # what a script pretends to be, where not Debian
PLAYED = ("running", "starting")  # what a pretended machine is of itself
MACHINES = [
    Machine("web-1", "web", LINUX, DEBIAN, "linux-login", account="contosologs"),
    Machine("web-2", "web", LINUX, DEBIAN, "emergency", account="contosologs"),
    Machine("proxy-1", "web", LINUX, UBUNTU, "grub"),
    Machine("db-1", "data", LINUX, RHEL, "panic", account="contosoarchive", size="Standard_E4s_v5"),
    Machine(
        "db-2",
        "data",
        LINUX,
        RHEL,
        "linux-login",
        "stopped",
        account="contosoarchive",
        size="Standard_E4s_v5",
    ),
    Machine("dc-1", "directory", WINDOWS, SERVER, "windows-sac", account="contosodiag"),
    Machine("app-1", "directory", WINDOWS, SERVER, "windows-sac", "deallocated"),
    Machine("build-1", "test", LINUX, UBUNTU, "silent"),
    Machine("test-1", "test", LINUX, UBUNTU, "linux-login", "deallocated"),
    Machine("test-2", "test", LINUX, UBUNTU, "linux-login", "starting", "Creating"),
    Machine("gateway-1", "plant", LINUX, DEBIAN, "linux-login", account="fabrikamdiag"),
    Machine("historian-1", "plant", WINDOWS, SERVER, "windows-sac", account="fabrikamdiag"),
    Machine("camera-1", "plant", LINUX, DEBIAN, "silent", "unknown", "Failed"),
    Machine("files-1", "back-office", WINDOWS, WITHOUT_SAC, "windows-sac", "stopped"),
    Machine("mail-1", "back-office", LINUX, DEBIAN, "linux-login"),
]
SCALE_SET, INSTANCES = "web-pool", ["running", "running", "stopped"]
HEALTH = [
    ("web-1", 240, "Available", "The machine answers."),
    ("web-2", 95, "Degraded", "The system started in emergency mode: a file system in fstab is missing."),
    ("db-1", 180, "Available", "The machine answers."),
    ("db-1", 12, "Unavailable", "The kernel stopped with a panic."),
    ("camera-1", 30, "Unknown", "The machine could not be prepared on its host."),
]


def add_machines(world: World) -> None:
    for name in ("Contoso", "Fabrikam"):
        world.tenants[name] = create_tenant(by=DEMO, name=name, slug=name.lower())
        world.place(name, world.tenants[name].scope, world.tenants[name])
    for name, tenant in SUBSCRIPTIONS.items():
        world.subscriptions[name] = create_subscription(by=DEMO, tenant=world.tenants[tenant], name=name)
        world.place(name, world.subscriptions[name].scope, world.tenants[tenant])
    for name, subscription in GROUPS.items():
        group = create_resource_group(by=DEMO, subscription=world.subscriptions[subscription], name=name)
        world.groups[name] = group
        world.place(name, group.scope, group.tenant)
    accounts = {account.name: _account(world, account) for account in ACCOUNTS}
    for machine in MACHINES:
        _machine(world, machine, accounts.get(machine.account))
    _scale_set(world)
    _health(world)


def _account(world: World, account: Account) -> StorageAccount:
    made = create(
        StorageAccount(
            **belonging_to(world.groups[account.group]),
            name=account.name,
            kind=account.kind,
            default_action=account.default_action,
            allowed_addresses=list(account.allowed),
        )
    )
    world.place(made.name, made.scope, made.tenant)
    return made


def _machine(world: World, machine: Machine, account: StorageAccount | None) -> None:
    vm = add_vm(
        by=DEMO,
        group=world.groups[machine.group],
        name=machine.name,
        os=machine.os,
        size=machine.size,
        **_behind(machine.name, machine.script, machine.os_name, machine.power),
        provisioning_state=machine.provisioning,
        state_changed_at=timezone.now(),
        diagnostics_account=account,
    )
    world.vms[vm.name] = vm
    world.place(vm.name, vm.scope, vm.tenant)


def _behind(name: str, script: str, os_name: str, power: str) -> dict[str, Any]:
    """A real guest where there is one for that name, not started yet; else a script."""
    real = lab.small_guest(name)
    if real:
        return {
            "os_name": lab.OS_NAME,
            "serial_url": real.serial,
            "machine_url": real.machine,
            "power_state": PowerState.DEALLOCATED,
        }
    return {
        "os_name": os_name,
        "serial_url": f"scripted://{script}/{name}{SPOKEN.get(os_name, '')}",
        "machine_url": f"scripted://{script}/{name}{'' if power in PLAYED else f'?power={power}'}",
        "power_state": power,
    }


def _scale_set(world: World) -> None:
    group = world.groups["web"]
    scale_set = create(ScaleSet(**belonging_to(group), name=SCALE_SET, size="Standard_B1s"))
    for number, power in enumerate(INSTANCES):
        name = f"{SCALE_SET}_{number}"
        world.vms[name] = add_vm(
            by=DEMO,
            group=group,
            name=name,
            os=LINUX,
            size=scale_set.size,
            **_behind(name, "linux-login", DEBIAN, power),
            state_changed_at=timezone.now(),
            scale_set=scale_set,
            instance_id=number,
        )


def _health(world: World) -> None:
    for name, minutes, state, summary in HEALTH:
        at = timezone.now() - timedelta(minutes=minutes)
        HealthEvent.objects.create(vm=world.vms[name], at=at, state=state, summary=summary)
