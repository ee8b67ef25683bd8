"""Two tenants, their machines, and one person for each kind of use: the same cast in every test of rights."""

from dataclasses import dataclass, field

from accounts import principals
from accounts.models import RoleDefinition, ServicePrincipal, Tenant, User
from accounts.principals import Principal
from accounts.roles import CONSOLE_AUDITOR, CONSOLE_WATCHER, OWNER, READER, VM_CONTRIBUTOR, BuiltIn
from accounts.services.people import create_service_principal, create_user
from accounts.services.roles import assign_role
from accounts.services.tenants import add_member, create_tenant
from portal.fleet.models import ResourceGroup, StorageAccount, Subscription, VirtualMachine
from portal.fleet.services.resources import add_vm, create_resource_group, create_subscription

SYSTEM = principals.system("tests")
PASSWORD = "correct horse battery"


@dataclass
class World:
    """contoso owns web-1, web-2 and a Windows machine; fabrikam has a like one of its own."""

    contoso: Tenant
    fabrikam: Tenant
    subscription: Subscription
    foreign_subscription: Subscription
    group: ResourceGroup
    foreign_group: ResourceGroup
    storage: StorageAccount
    vm: VirtualMachine
    other_vm: VirtualMachine
    windows_vm: VirtualMachine
    foreign_vm: VirtualMachine
    people: dict[str, User] = field(default_factory=dict)
    program: ServicePrincipal | None = None

    def principal(self, person: str, tenant: Tenant | None = None) -> Principal:
        user = self.people[person]
        home = self.fabrikam if person == "stranger" else self.contoso
        return Principal(
            principals.USER, user.id, user.display_name, (tenant or home).id, address="127.0.0.1"
        )


def role(built_in: BuiltIn) -> RoleDefinition:
    return RoleDefinition.objects.get(id=built_in.id)


def person(
    name: str, tenant: Tenant | None, built_in: BuiltIn | None = None, scope: str = "", **fields: bool
) -> User:
    user = create_user(by=SYSTEM, username=name, password=PASSWORD, **fields)
    if tenant is not None:
        add_member(by=SYSTEM, tenant=tenant, user=user)
    if tenant is not None and built_in is not None:
        give(user, tenant, built_in, scope or tenant.scope)
    return user


def give(user: User, tenant: Tenant, built_in: BuiltIn, scope: str) -> None:
    assign_role(
        by=SYSTEM,
        tenant=tenant,
        principal_kind="User",
        principal_id=user.id,
        role=role(built_in),
        scope=scope,
    )


def build() -> World:
    contoso = create_tenant(by=SYSTEM, name="Contoso", slug="contoso")
    fabrikam = create_tenant(by=SYSTEM, name="Fabrikam", slug="fabrikam")
    subscription = create_subscription(by=SYSTEM, tenant=contoso, name="production")
    foreign = create_subscription(by=SYSTEM, tenant=fabrikam, name="factory")
    group = create_resource_group(by=SYSTEM, subscription=subscription, name="web")
    foreign_group = create_resource_group(by=SYSTEM, subscription=foreign, name="web")
    storage = StorageAccount.objects.create(
        tenant=contoso, subscription=subscription, resource_group=group, name="contosodiag"
    )
    world = World(
        contoso,
        fabrikam,
        subscription,
        foreign,
        group,
        foreign_group,
        storage,
        vm=add_vm(
            by=SYSTEM, group=group, name="web-1", os="Linux", serial_url="loop://", power_state="running"
        ),
        other_vm=add_vm(
            by=SYSTEM, group=group, name="web-2", os="Linux", serial_url="loop://", power_state="deallocated"
        ),
        windows_vm=add_vm(
            by=SYSTEM, group=group, name="win-1", os="Windows", serial_url="loop://", power_state="running"
        ),
        foreign_vm=add_vm(by=SYSTEM, group=foreign_group, name="web-1", os="Linux", serial_url="loop://"),
    )
    world.vm.diagnostics_account = storage
    world.vm.save()
    world.people = {
        "owner": person("owner", contoso, OWNER),
        "reader": person("reader", contoso, READER),
        "contributor": person("contributor", contoso, VM_CONTRIBUTOR, world.vm.scope),
        "watcher": person("watcher", contoso, CONSOLE_WATCHER),
        "auditor": person("auditor", contoso, CONSOLE_AUDITOR),
        "bystander": person("bystander", contoso),
        "stranger": person("stranger", fabrikam, OWNER),
        "staff": person("staff", None, is_staff=True),
    }
    give(world.people["contributor"], contoso, VM_CONTRIBUTOR, storage.scope)
    world.program = create_service_principal(by=SYSTEM, tenant=contoso, name="pipeline")
    return world
