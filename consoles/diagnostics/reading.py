"""Who reads a machine's log. In: a request and a machine's place. Out: the machine, its port and its log, once gate and storage account have allowed it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts import actions
from accounts.decisions import NotVisible
from accounts.noting import note_reading
from accounts.principals import Principal
from accounts.requests import PortalRequest
from consoles.kept.log import Log, log_of
from consoles.models import ArchivedPiece
from portal.fleet.models import SerialPort, StorageAccount, VirtualMachine
from portal.fleet.stores.rules import ShutOut, shut_out
from portal.fleet.vm_queries import scope_of_vm, vm_at


@dataclass(frozen=True)
class Reading:
    vm: VirtualMachine
    port: SerialPort

    @cached_property
    def log(self) -> Log:
        """As it is now."""
        return log_of(self.port.line_id)


def scope_at(place: dict[str, Any]) -> str:
    return scope_of_vm(place["sub"], place["group"], place["name"], place.get("instance"))


def reading_of(request: PortalRequest, place: dict[str, Any], number: int = 0) -> Reading:
    """Raises NotVisible, Refused or ShutOut. That somebody reads is noted; what they download is recorded by whoever gives it."""
    vm, _decisions = vm_at(request.principal, [actions.LOG_READ], scope_at(place))
    port = vm.ports.filter(number=number).first()
    if port is None:
        raise NotVisible
    check_place(vm, port.line_id, request.principal)
    return Reading(vm, port)


def check_place(vm: VirtualMachine, line_id: UUID, who: Principal) -> None:
    """Raises ShutOut for whoever comes from where an account that keeps some of the log lets nobody in."""
    shut = shut_out_of(vm, line_id, who)
    if shut is not None:
        raise ShutOut(shut, who.address)


def shut_out_of(vm: VirtualMachine, line_id: UUID, who: Principal) -> StorageAccount | None:
    """The first account whose network rules keep somebody from the log: the one in use now, or one that has older pieces."""
    kept = ArchivedPiece.objects.filter(line_id=line_id).order_by().values("account_id")
    accounts = StorageAccount.objects.filter(Q(id=vm.diagnostics_account_id) | Q(id__in=kept))
    return next((one for one in accounts if shut_out(one, who)), None)


def note(request: PortalRequest, reading: Reading) -> None:
    note_reading(
        by=request.principal,
        action=actions.LOG_READ,
        scope=reading.vm.scope,
        tenant_id=reading.vm.tenant_id,
        what="log",
    )
