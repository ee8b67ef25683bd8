"""What the dashboard says at a glance. In: who asks. Out: counts and the few things that want attention, nothing they may not see."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from accounts import actions
from accounts.access import visible_each
from accounts.principals import Principal
from portal.fleet.models import Subscription, VirtualMachine
from portal.fleet.models.vms import POWER_GROUPS, PowerState, ProvisioningState
from portal.fleet.vm_queries import console_on

SHOWN = 8


@dataclass(frozen=True)
class Overview:
    by_state: dict[str, int]
    trouble: list[VirtualMachine]
    switched_off: list[Subscription]

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def counts(self) -> dict[str, int]:
        return {
            group: sum(self.by_state.get(state, 0) for state in states)
            for group, states in POWER_GROUPS.items()
        }


def overview(principal: Principal) -> Overview:
    vms, subscriptions = visible_each(
        principal,
        [(actions.VM_READ, VirtualMachine.objects.all()), (actions.CONSOLE_READ, Subscription.objects.all())],
    )
    by_state = dict(vms.order_by().values_list("power_state").annotate(Count("id")))
    return Overview(
        by_state=by_state,
        trouble=_trouble(vms),
        switched_off=list(subscriptions.filter(console_enabled=False).order_by("name")[:SHOWN]),
    )


def _trouble(vms: "QuerySet[VirtualMachine]") -> list[VirtualMachine]:
    """Each kind from its own index, then the newest trouble first."""
    first = vms.order_by("name_key", "id").values("id")
    broken = Q(id__in=first.exclude(trouble="")[:SHOWN])
    failed = Q(id__in=first.filter(provisioning_state=ProvisioningState.FAILED)[:SHOWN])
    lost = Q(id__in=first.filter(power_state=PowerState.UNKNOWN)[:SHOWN])
    rows = VirtualMachine.objects.filter(broken | failed | lost)
    rows = rows.order_by(F("trouble_at").desc(nulls_last=True), "name_key", "id")
    rows = rows.select_related("subscription", "resource_group", "scale_set")
    return list(rows.annotate(console_on=console_on())[:SHOWN])
