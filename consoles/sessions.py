"""Reads of console sessions. In: who asks, or what it is about. Out: sessions that live, latest first.

Alive is what a web process has shown to be so a moment ago: one that was killed takes its sessions out of these lists by itself.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import actions
from accounts.principals import Principal
from consoles.models import ConsoleSession
from portal.fleet import selectors
from portal.fleet.models import SerialPort, Subscription, VirtualMachine

ALIVE = timedelta(minutes=2)


def alive() -> "QuerySet[ConsoleSession]":
    return ConsoleSession.objects.filter(ended_at=None, seen_at__gt=timezone.now() - ALIVE)


def of_vm(vm: VirtualMachine) -> "QuerySet[ConsoleSession]":
    """For whoever may see the machine: who else is there is no secret at a shared console."""
    return alive().filter(vm=vm)


def of_subscription(subscription: Subscription) -> "QuerySet[ConsoleSession]":
    return alive().filter(subscription=subscription)


def visible(principal: Principal) -> "QuerySet[ConsoleSession]":
    """On machines that the principal may see."""
    return alive().filter(vm__in=selectors.vms(principal, actions.VM_READ).values("pk"))


def lines_in_use(ports: Iterable[SerialPort]) -> set[UUID]:
    """Of those ports, the lines to which somebody is attached."""
    rows = alive().filter(line_id__in=[port.line_id for port in ports])
    return set(rows.order_by().values_list("line_id", flat=True))


def live_lines(subscription: Subscription) -> set[UUID]:
    return set(of_subscription(subscription).order_by().values_list("line_id", flat=True))


def was_there(person_id: UUID, line_id: UUID, offset: int) -> bool:
    """Whether somebody's own session on a line had come to this place in its log. One that lives is on its way."""
    own = ConsoleSession.objects.filter(principal_id=person_id, line_id=line_id, from_offset__lte=offset)
    return own.filter(Q(ended_at=None) | Q(to_offset__gte=offset)).exists()


def ended_by(session: ConsoleSession) -> str:
    """Who ended it on purpose, while somebody else was attached."""
    names = ConsoleSession.objects.filter(id=session.id).values_list("ended_by_name", flat=True)
    return names.first() or ""
