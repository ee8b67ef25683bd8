"""Fetches one thing of a known kind, once the gate has allowed the action on it. In: a scope. Out: a model."""

from typing import TypeVar

from accounts import access, actions
from accounts.access import NotVisible
from accounts.principals import Principal
from portal.fleet.models import ResourceGroup, SerialPort, Subscription
from portal.fleet.models.scoped import Scoped
from portal.fleet.selectors import resource_at

Kind = TypeVar("Kind", bound=Scoped)


def one(principal: Principal, action: str, scope: str, kind: type[Kind]) -> Kind:
    found = resource_at(principal, action, scope)
    if not isinstance(found, kind):
        raise NotVisible
    return found


def subscription(principal: Principal, name: str) -> Subscription:
    """Whoever holds anything in a subscription may know of it; everybody else is answered by the gate."""
    return _around(principal, actions.SUBSCRIPTION_READ, f"/subscriptions/{name}", Subscription)


def group(principal: Principal, scope: str) -> ResourceGroup:
    return _around(principal, actions.GROUP_READ, scope, ResourceGroup)


def _around(principal: Principal, action: str, scope: str, kind: type[Kind]) -> Kind:
    touched = access.touched(principal, kind._default_manager.filter(scope_key=scope.lower())).first()
    return touched or one(principal, action, scope, kind)


LONGEST_NUMBER = 4


def port(principal: Principal, action: str, vm_scope: str, number: str) -> SerialPort:
    ports = SerialPort.objects.select_related(
        "vm__subscription", "vm__resource_group", "vm__scale_set__resource_group"
    )
    found = (
        ports.filter(vm__scope_key=vm_scope.lower(), number=int(number)).first()
        if number.isdecimal() and len(number) <= LONGEST_NUMBER
        else None
    )
    if found is None:
        raise NotVisible
    access.authorize(principal, action, found)
    return found
