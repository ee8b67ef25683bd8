"""Who reads a machine's log. In: a request and a machine's place. Out: the machine, its port and its log, once gate and storage account have allowed it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django import forms

from accounts import actions
from accounts.decisions import NotVisible
from accounts.noting import note_reading
from accounts.principals import Principal
from accounts.requests import PortalRequest
from consoles.kept.log import Log, log_of
from consoles.kept.pieces import shut_from
from portal.fleet.models import SerialPort, StorageAccount, VirtualMachine
from portal.fleet.stores.rules import ShutOut, shut_out
from portal.fleet.vm_queries import scope_of_vm, vm_at


@dataclass(frozen=True)
class Reading:
    vm: VirtualMachine
    port: SerialPort
    who: Principal

    @cached_property
    def log(self) -> Log:
        """As it is now."""
        return log_of(self.port.line_id, self.who)


def scope_at(place: dict[str, Any]) -> str:
    return scope_of_vm(place["sub"], place["group"], place["name"], place.get("instance"))


class Ported(forms.Form):
    """Whatever is asked of a log: without a number, of the machine's first port."""

    port = forms.IntegerField(required=False, min_value=0, max_value=63)


def machine_of(request: PortalRequest, place: dict[str, Any]) -> VirtualMachine:
    """Raises NotVisible or Refused."""
    vm, _decisions = vm_at(request.principal, [actions.LOG_READ], scope_at(place))
    return vm


def reading_of(request: PortalRequest, place: dict[str, Any], number: int | None = None) -> Reading:
    """Raises NotVisible, Refused or ShutOut. That somebody reads is noted; what they download is recorded by whoever gives it."""
    return reading_at(request, machine_of(request, place), number)


def reading_at(request: PortalRequest, vm: VirtualMachine, number: int | None) -> Reading:
    """Of a machine of which the gate was asked."""
    ports = vm.ports.all() if number is None else vm.ports.filter(number=number)
    port = ports.order_by("number").first()
    if port is None:
        raise NotVisible
    check_place(vm, request.principal)
    return Reading(vm, port, request.principal)


def port_asked(request: PortalRequest) -> int | None:
    """Raises NotVisible where it is no number: such a page is not there."""
    asked = Ported(request.GET)
    if not asked.is_valid():
        raise NotVisible
    number: int | None = asked.cleaned_data["port"]
    return number


def check_place(vm: VirtualMachine, who: Principal) -> None:
    """Raises ShutOut for whoever comes from where the machine's account lets nobody in. What other accounts keep of its log is a gap for them."""
    shut = shut_out_of(vm, who)
    if shut is not None:
        raise ShutOut(shut, who.address)


def shut_out_of(vm: VirtualMachine, who: Principal) -> StorageAccount | None:
    """The account in use now, asked for anew, where its network rules keep somebody from the log."""
    if vm.diagnostics_account_id is None:
        return None
    account = StorageAccount.objects.get(id=vm.diagnostics_account_id)
    return account if shut_out(account, who) else None


def still_admitted(vm: VirtualMachine, line_id: UUID, log: Log, who: Principal) -> bool:
    """While a log is given that was opened before: no account has shut them out since."""
    return shut_out_of(vm, who) is None and shut_from(line_id, who).keys() <= log.shut


def note(request: PortalRequest, reading: Reading) -> None:
    note_reading(
        by=request.principal,
        action=actions.LOG_READ,
        scope=reading.vm.scope,
        tenant_id=reading.vm.tenant_id,
        what="log",
    )
