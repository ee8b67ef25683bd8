"""Reads of virtual machines for pages: one by its scope, many by filter. In: who asks. Out: only what the gate lets them see."""

from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from accounts import actions
from accounts.access import authorize_first, visible_to
from accounts.decisions import Decision, NotVisible
from accounts.models import Tenant
from accounts.principals import Principal
from portal.fleet.models import (
    NetworkInterface,
    ResourceGroup,
    ScaleSet,
    SerialPort,
    Subscription,
    VirtualMachine,
)
from portal.fleet.models.vms import POWER_GROUPS, OsKind

SORTS = {"name": (), "power_state": ("power_state",), "os": ("os",), "host": ("host",)}
TIED = ("name_key", "id")


def scope_of_vm(subscription_id: UUID, group: str, name: str, instance: int | None) -> str:
    """With `instance`, `name` is the scale set's."""
    if instance is None:
        return VirtualMachine.scope_of(subscription_id, group, name)
    return f"{ScaleSet.scope_of(subscription_id, group, name)}/virtualMachines/{instance}"


def vm_at(
    principal: Principal, wanted: list[str], scope: str, *, guest: bool = False
) -> tuple[VirtualMachine, dict[str, Decision]]:
    """The machine, once the gate has allowed the first of the actions, and what it says about all of them."""
    vm = machine_at(scope, guest=guest)
    return vm, authorize_first(principal, wanted, vm)


def machine_at(scope: str, *, guest: bool = False) -> VirtualMachine:
    """With all that the gate asks of it; who calls this asks the gate before anybody hears of the machine.

    `guest`: with what is known of its inside, in the same query.
    """
    machines = VirtualMachine.objects.select_related(
        "subscription",
        "resource_group",
        "scale_set__resource_group",
        "diagnostics_account__resource_group",
        "diagnostics_account__subscription",
    )
    if guest:
        machines = machines.select_related("facts", "screenshot").defer("screenshot__png")
    vm = machines.filter(scope_key=scope.lower()).first()
    if vm is None:
        raise NotVisible
    return vm


def order_of(sort: str) -> tuple[str, ...]:
    """`name` or `-name`: every order ends in columns that tell equals apart, and has an index of its own."""
    minus, column = ("-", sort[1:]) if sort.startswith("-") else ("", sort)
    return tuple(f"{minus}{one}" for one in (*SORTS.get(column, ()), *TIED))


def visible_vms(principal: Principal) -> "QuerySet[VirtualMachine]":
    return visible_to(principal, actions.VM_READ, VirtualMachine.objects.all())


def narrowed(
    vms: "QuerySet[VirtualMachine]", chosen: dict[str, object], tenant: Tenant
) -> "QuerySet[VirtualMachine]":
    """`chosen` holds what VmFilter understood: q, subscription, group, power, os, host."""
    same = {"os": "os", "host": "host", "subscription": "subscription_id"}
    rows = vms.filter(**{column: chosen[name] for name, column in same.items() if chosen.get(name)})
    if chosen.get("power"):
        rows = _in_state(rows, str(chosen["power"]))
    if chosen.get("group"):
        groups = ResourceGroup.objects.filter(tenant=tenant, name__iexact=chosen["group"])
        rows = rows.filter(resource_group__in=groups.values("id"))
    text = str(chosen.get("q") or "").strip().lower()
    return rows.filter(_matches(text, tenant)) if text else rows


def _in_state(vms: "QuerySet[VirtualMachine]", wanted: str) -> "QuerySet[VirtualMachine]":
    """Of one state, of those that go by one word, or in trouble whatever their state is."""
    if wanted == "trouble":
        return vms.exclude(trouble="")
    return vms.filter(power_state__in=POWER_GROUPS.get(wanted, [wanted]))


def as_rows(vms: "QuerySet[VirtualMachine]") -> "QuerySet[VirtualMachine]":
    """With what a row of the list shows, in the same query."""
    first = NetworkInterface.objects.filter(vm=OuterRef("pk")).order_by("id").values("private_address")[:1]
    rows = vms.select_related("subscription", "resource_group", "scale_set")
    return rows.annotate(address=Subquery(first), console_on=console_on())


def console_on() -> ExpressionWrapper:
    """Whether none of a machine's console switches is off: its subscription's, boot diagnostics', its first port's."""
    port = SerialPort.objects.filter(vm=OuterRef("pk"), number=0, enabled=True)
    switches = Q(Exists(port), subscription__console_enabled=True, boot_diagnostics=True)
    return ExpressionWrapper(switches, output_field=BooleanField())


def _matches(text: str, tenant: Tenant) -> Q:
    groups = ResourceGroup.objects.filter(tenant=tenant, name__icontains=text)
    addresses = NetworkInterface.objects.filter(tenant=tenant, vm__isnull=False)
    addresses = addresses.filter(Q(private_address__startswith=text) | Q(public_address__startswith=text))
    kinds = [kind for kind in OsKind.values if kind.lower().startswith(text)]
    return (
        Q(name_key__contains=text)
        | Q(os_name__icontains=text)
        | Q(os__in=kinds)
        | Q(resource_group__in=groups.values("id"))
        | Q(id__in=addresses.values("vm_id"))
    )


def subscriptions_with(vms: "QuerySet[VirtualMachine]", tenant: Tenant) -> "QuerySet[Subscription]":
    """Those in which somebody sees a machine: asked per subscription, not by walking the machines."""
    seen = vms.filter(subscription=OuterRef("pk")).order_by()
    return Subscription.objects.filter(Exists(seen), tenant=tenant).order_by("name", "id")


def states_of(principal: Principal, ids: list[int]) -> "QuerySet[VirtualMachine]":
    wanted = VirtualMachine.objects.filter(id__in=ids)
    return visible_to(principal, actions.VM_READ, wanted.select_related("resource_group", "scale_set"))
