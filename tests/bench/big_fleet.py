"""100,000 VMs in 200 subscriptions of one tenant, built once: names, groups and states spread as in a real fleet."""

from collections.abc import Iterator
from uuid import UUID

from django.core.management import call_command
from django.db import connection, transaction

from accounts import principals
from accounts.models import RoleAssignment, RoleDefinition, Tenant, User
from accounts.roles import OWNER, READER, VM_CONTRIBUTOR
from accounts.services.people import create_user
from accounts.services.roles import assign_role
from accounts.services.tenants import add_member, create_tenant
from portal.fleet.models import ResourceGroup, SerialPort, Subscription, VirtualMachine
from portal.fleet.services.resources import create_resource_group, create_subscription

BY = principals.system("bench")
SUBSCRIPTIONS, GROUPS_EACH, VMS_EACH = 200, 5, 100
STATES = ["running"] * 7 + ["stopped", "deallocated", "unknown"]
ROLES = ["web", "db", "cache", "queue", "build", "mail", "dns", "auth"]


def ready() -> Tenant:
    call_command("migrate", verbosity=0)
    tenant = Tenant.objects.filter(slug="bench").first()
    if (
        tenant is not None
        and VirtualMachine.objects.filter(tenant=tenant).count() == SUBSCRIPTIONS * GROUPS_EACH * VMS_EACH
    ):
        return tenant
    print("Building 100,000 VMs in 200 subscriptions (once) …", flush=True)
    with transaction.atomic():
        tenant = create_tenant(by=BY, name="Bench", slug="bench")
        groups = list(_groups(tenant))
        VirtualMachine.objects.bulk_create(_vms(groups), batch_size=2000)
        ids = VirtualMachine.objects.values_list("id", flat=True).iterator()
        SerialPort.objects.bulk_create((SerialPort(vm_id=id, url="loop://") for id in ids), batch_size=5000)
        _people(tenant, groups)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return tenant


def _groups(tenant: Tenant) -> Iterator[ResourceGroup]:
    for number in range(SUBSCRIPTIONS):
        subscription = create_subscription(by=BY, tenant=tenant, name=f"subscription {number:03}")
        for name in ROLES[:GROUPS_EACH]:
            yield create_resource_group(by=BY, subscription=subscription, name=name)


def _vms(groups: list[ResourceGroup]) -> Iterator[VirtualMachine]:
    for at, group in enumerate(groups):
        for number in range(VMS_EACH):
            vm = VirtualMachine(
                tenant_id=group.tenant_id,
                subscription=group.subscription,
                resource_group=group,
                name=f"{ROLES[(at + number) % len(ROLES)]}-{at:04}-{number:03}",
                os="Windows" if number % 5 == 0 else "Linux",
                power_state=STATES[(at * 31 + number) % len(STATES)],
            )
            vm.scope_key = vm.scope.lower()
            yield vm


def _people(tenant: Tenant, groups: list[ResourceGroup]) -> None:
    one_vm = VirtualMachine.objects.get(scope_key__endswith="/web-0000-000", tenant=tenant).scope
    _person(tenant, "bench-owner", OWNER.id, [tenant.scope])
    _person(
        tenant,
        "bench-subscriptions",
        READER.id,
        [s.scope for s in Subscription.objects.filter(tenant=tenant)],
    )
    _person(tenant, "bench-groups", VM_CONTRIBUTOR.id, [group.scope for group in groups[::10]])
    _person(tenant, "bench-one-vm", VM_CONTRIBUTOR.id, [one_vm])
    crowd = [create_user(by=BY, username=f"bench-{number}", password=None) for number in range(500)]
    for user in crowd:
        add_member(by=BY, tenant=tenant, user=user)
    reader = RoleDefinition.objects.get(id=READER.id)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            tenant=tenant,
            principal_kind="User",
            principal_id=user.id,
            role=reader,
            scope=group.scope,
            scope_key=group.scope.lower(),
            granted_by_name="bench",
        )
        for number, user in enumerate(crowd)
        for group in groups[number % 10 :: 50]
    )


def _person(tenant: Tenant, name: str, role_id: UUID, scopes: list[str]) -> User:
    user = create_user(by=BY, username=name, password=None)
    add_member(by=BY, tenant=tenant, user=user)
    role = RoleDefinition.objects.get(id=role_id)
    for scope in scopes:
        assign_role(by=BY, tenant=tenant, principal_kind="User", principal_id=user.id, role=role, scope=scope)
    return user
