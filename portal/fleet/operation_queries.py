"""What the bell and the page of operations list. In: who asks. Out: their own acts, and those in progress on machines they see."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.principals import Principal
from portal.fleet.models import Operation, VirtualMachine
from portal.fleet.models.operations import UNFINISHED
from portal.fleet.vm_queries import visible_vms

IN_BELL = 8
MOST_AT_ONCE = 100
LATELY = timedelta(hours=12)
PLACED = ("vm__subscription", "vm__resource_group", "vm__scale_set")


@dataclass(frozen=True)
class Seen:
    """The operations that somebody may see; those on machines that they may no longer see are left out."""

    mine: "QuerySet[Operation]"
    now: "QuerySet[Operation]"

    @property
    def for_bell(self) -> list[Operation]:
        """What goes on now, then what the person asked for lately."""
        now = list(self.now[:IN_BELL])
        lately = self.mine.filter(asked_at__gte=timezone.now() - LATELY).exclude(state__in=UNFINISHED)
        return now if len(now) == IN_BELL else [*now, *lately[: IN_BELL - len(now)]]


def operations_seen(principal: Principal) -> Seen:
    rows = _on(visible_vms(principal))  # operations are few beside machines: each is looked up among them
    return Seen(mine=rows.filter(asked_by_id=principal.id), now=rows.filter(state__in=UNFINISHED))


def _on(vms: "QuerySet[VirtualMachine]") -> "QuerySet[Operation]":
    seen = Exists(vms.order_by().filter(pk=OuterRef("vm_id")))
    return Operation.objects.filter(seen).select_related(*PLACED).order_by("-asked_at", "-id")
