"""What connecting to a machine's console needs. In: a machine. Out: the actions and what they are asked about, in their order."""

from dataclasses import dataclass

from accounts import access, actions
from accounts.decisions import Resource
from accounts.principals import Principal
from portal.fleet.models import StorageAccount, VirtualMachine


def what_connecting_needs(vm: VirtualMachine) -> list[tuple[str, Resource]]:
    """The log is kept in the account: whoever types into the machine writes there."""
    account = vm.diagnostics_account
    return [(actions.CONNECT, vm), *([(actions.STORAGE_KEYS, account)] if account else [])]


@dataclass(frozen=True)
class SecondHalf:
    """The right over the machine's storage account. `allowed` is None where the reader may not see who has access there."""

    account: StorageAccount
    may_open: bool
    allowed: bool | None = None


def second_half(
    reader: Principal, resource: Resource, action: str, who: Principal | None = None
) -> SecondHalf | None:
    """None where connecting needs nothing more than the action itself; `who` is asked about, if anybody."""
    if action.lower() != actions.CONNECT.lower() or not isinstance(resource, VirtualMachine):
        return None
    account_id = resource.diagnostics_account_id
    if account_id is None:
        return None
    accounts = StorageAccount.objects.select_related("subscription", "resource_group")
    account = resource.diagnostics_account = accounts.get(id=account_id)
    may_open = access.decide(reader, actions.ASSIGNMENT_READ, account).allowed
    if who is None or not may_open:
        return SecondHalf(account, may_open)
    further = what_connecting_needs(resource)[1:]
    return SecondHalf(account, may_open, all(access.decide(who, *one).allowed for one in further))
