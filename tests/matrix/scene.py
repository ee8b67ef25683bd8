"""What the matrix's URLs point at: one of each thing that a page can be about, all of them Contoso's."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from accounts.models import (
    ApiToken,
    Group,
    IdentityProvider,
    Invitation,
    Passkey,
    RoleAssignment,
    RoleDefinition,
    ServicePrincipal,
    ServicePrincipalSecret,
    SignIn,
    StaffGrant,
)
from accounts.roles import READER
from accounts.secrets import fresh, seal
from accounts.services.credentials import add_secret
from accounts.services.people import save_group
from accounts.services.roles import save_custom_role
from accounts.services.tenants import grant_staff, invite
from consoles.diagnostics.links import make_link
from consoles.models import ArchivedPiece, ConsoleSession, LineArchive, LogLink
from portal.fleet.models import (
    AlertTarget,
    AuditExport,
    ForwardTarget,
    NetworkInterface,
    Operation,
    OperationKind,
    SavedView,
    ScaleSet,
    Screenshot,
    SerialPort,
    Subnet,
    VirtualMachine,
    VirtualNetwork,
)
from portal.fleet.models.records import LegalHold
from portal.fleet.services.holds import put_hold
from portal.fleet.services.operations import ask
from tests import world as worlds
from tests.world import SYSTEM, World


@dataclass
class Scene:
    world: World
    group: Group
    program: ServicePrincipal
    secret: ServicePrincipalSecret
    invitation: Invitation
    provider: IdentityProvider
    role: RoleDefinition
    assignment: RoleAssignment
    grant: StaffGrant
    token: ApiToken
    sign_in: SignIn
    scale_set: ScaleSet
    network: VirtualNetwork
    operation: Operation
    instance_operation: Operation
    alert_target: AlertTarget
    forward_target: ForwardTarget
    platform_target: ForwardTarget
    hold: LegalHold
    removed: str
    session: ConsoleSession
    links: dict[str, tuple[LogLink, str]]
    audit_view: SavedView
    audit_export: AuditExport
    bearer: dict[str, str]

    def add_passkey(self) -> None:
        """After the owner signed in: with a passkey they would be asked for it. Their second factor counts as just given."""
        SignIn.objects.filter(user=self.world.people["owner"]).update(mfa_at=timezone.now())
        self.passkey = Passkey.objects.create(
            user=self.world.people["owner"], name="key", credential_id=b"credential", public_key=b"key"
        )

    @property
    def vm_path(self) -> str:
        vm = self.world.vm
        return f"{vm.subscription_id}/{vm.resource_group.name}/{vm.name}"

    @property
    def set_path(self) -> str:
        return f"{self.world.subscription.id}/{self.world.group.name}/{self.scale_set.name}"

    def id(self, person: str) -> UUID:
        return self.world.people[person].id


def build() -> Scene:
    world = worlds.build()
    base = {"tenant": world.contoso, "subscription": world.subscription, "resource_group": world.group}
    scale_set = ScaleSet.objects.create(name="pool", **base)
    VirtualMachine.objects.create(
        name="pool_0",
        os="Linux",
        scale_set=scale_set,
        instance_id=0,
        power_state="running",
        machine_url="scripted://linux-login/pool_0",
        **base,
    )
    SerialPort.objects.create(vm=scale_set.instances.get(), url="loop://")
    for machine in VirtualMachine.objects.filter(tenant=world.contoso):
        Screenshot.objects.create(vm=machine, taken_at=timezone.now(), png=b"\x89PNG")
    network = VirtualNetwork.objects.create(name="backbone", address_space=["10.0.0.0/16"], **base)
    subnet = Subnet.objects.create(network=network, name="front", prefix="10.0.1.0/24")
    NetworkInterface.objects.create(
        name="web-1-nic", vm=world.vm, subnet=subnet, private_address="10.0.1.4", **base
    )
    worlds.person("admin", None, is_staff=True)
    world.people["granted"] = worlds.person("granted", None, is_staff=True)
    grant = grant_staff(
        by=SYSTEM,
        staff=world.people["granted"],
        tenant=world.contoso,
        role=worlds.role(READER),
        reason="ticket 17",
        hours=1,
    )
    assert world.program is not None
    secret, _ = add_secret(by=SYSTEM, program=world.program)
    invitation, _ = invite(by=SYSTEM, tenant=world.contoso, email="new@contoso.example")
    return Scene(
        world=world,
        group=save_group(by=SYSTEM, tenant=world.contoso, group=Group(name="on call")),
        program=world.program,
        secret=secret,
        invitation=invitation,
        provider=IdentityProvider.objects.create(
            tenant=world.contoso,
            slug="contoso-id",
            name="Contoso ID",
            issuer="http://127.0.0.1:9",
            client_id="homeport",
        ),
        role=save_custom_role(
            by=SYSTEM, tenant=world.contoso, role=RoleDefinition(name="Rebooter", actions=["*/read"])
        ),
        assignment=RoleAssignment.objects.get(principal_id=world.people["watcher"].id),
        grant=grant,
        token=_token(world, "owner", fresh("hpt").hash),
        sign_in=SignIn.objects.create(user=world.people["owner"]),
        scale_set=scale_set,
        network=network,
        operation=_operation(world),
        instance_operation=ask(by=SYSTEM, vm=scale_set.instances.get(), kind="nmi"),
        alert_target=AlertTarget.objects.create(
            tenant=world.contoso, kind="webhook", address="http://127.0.0.1:9/", sealed_secret=seal("x")
        ),
        forward_target=ForwardTarget.objects.create(
            tenant=world.contoso, kind="webhook", address="http://127.0.0.1:9/", sealed_secret=seal("x")
        ),
        platform_target=ForwardTarget.objects.create(
            tenant=None, kind="webhook", address="http://127.0.0.1:9/", sealed_secret=seal("x")
        ),
        hold=put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="case 7"),
        removed=_removed(world),
        session=_session(world),
        links={"vm": _link(world, world.vm), "instance": _link(world, scale_set.instances.get())},
        audit_view=SavedView.objects.create(
            tenant=world.contoso, owner_id=world.people["owner"].id, owner_name="owner", name="refusals"
        ),
        audit_export=AuditExport.objects.create(
            tenant=world.contoso,
            scope=world.vm.scope,
            form="csv",
            state="ready",
            asked_by_id=world.people["owner"].id,
            asked_by_name="owner",
            expires_at=timezone.now() + timedelta(1),
        ),
        bearer=_bearers(world),
    )


def _operation(world: World) -> Operation:
    VirtualMachine.objects.filter(id=world.vm.id).update(machine_url="scripted://linux-login/web-1")
    return ask(by=SYSTEM, vm=world.vm, kind=OperationKind.CTRL_ALT_DEL)


def _removed(world: World) -> str:
    """The scope of a machine that is gone, of which something is kept."""
    scope, line = world.vm.scope.replace("web-1", "gone"), uuid4()
    LineArchive.objects.create(line_id=line, tenant=world.contoso, host="local", scope=scope, archived_to=8)
    ArchivedPiece.objects.create(
        line_id=line, tenant=world.contoso, account=world.storage,
        start=0, end=8, first_ms=1, last_ms=2, blob="x", stored_bytes=8,
    )  # fmt: skip
    return scope


def _session(world: World) -> ConsoleSession:
    by, port = world.people["watcher"], world.vm.ports.get()
    return ConsoleSession.objects.create(
        tenant=world.contoso,
        subscription=world.subscription,
        vm=world.vm,
        line_id=port.line_id,
        scope=world.vm.scope,
        vm_name=world.vm.name,
        principal_kind="User",
        principal_id=by.id,
        principal_name=by.display_name,
        via="page",
        mode="watch",
        from_offset=0,
    )


def _link(world: World, vm: VirtualMachine) -> tuple[LogLink, str]:
    return make_link(by=world.principal("auditor"), vm=vm, port=vm.ports.get(), form="plain", minutes=60)


def _token(world: World, person: str, hashed: str) -> ApiToken:
    tenant = world.fabrikam if person == "stranger" else world.contoso
    return ApiToken.objects.create(
        tenant=tenant,
        user=world.people[person],
        token_hash=hashed,
        hint="....",
        expires_at=timezone.now() + timedelta(1),
    )


def _bearers(world: World) -> dict[str, str]:
    bearers = {}
    for person in world.people:
        secret = fresh("hpt")
        _token(world, person, secret.hash)
        bearers[person] = secret.text
    return bearers
