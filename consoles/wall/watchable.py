"""Which consoles somebody may watch. In: a principal. Out: machines whose console is on, in SQL, however many there are."""

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts import actions
from accounts.access import visible_each
from accounts.principals import Principal
from portal.fleet.models import SerialPort, StorageAccount, VirtualMachine


def watchable(principal: Principal) -> "QuerySet[VirtualMachine]":
    """By the right to watch, or by the one to connect with all that it needs; its switches, port and diagnostics are on."""
    machines, accounts = VirtualMachine.objects.all(), StorageAccount.objects.all()
    watched, connected, keyed = visible_each(
        principal,
        [(actions.WATCH, machines), (actions.CONNECT, machines), (actions.STORAGE_KEYS, accounts)],
    )
    usable = Q(diagnostics_account=None) | Q(diagnostics_account__in=keyed.order_by().values("pk"))
    # the tenant once more, outside of the "or", so that the list is read in the order of an index
    rows = (watched | connected.filter(usable)).filter(tenant_id=principal.tenant_id)
    return rows.filter(
        boot_diagnostics=True, subscription__console_enabled=True, ports__number=0, ports__enabled=True
    )


def as_tiles(vms: "QuerySet[VirtualMachine]") -> "QuerySet[VirtualMachine]":
    """With what a tile shows, in the same query."""
    port = SerialPort.objects.filter(vm=OuterRef("pk"), number=0).values("line_id")
    rows = vms.select_related("subscription", "resource_group", "scale_set__resource_group")
    return rows.annotate(line_id=Subquery(port))
