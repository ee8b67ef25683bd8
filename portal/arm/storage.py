"""Microsoft.Storage, read: lists of storage accounts and one, with its network rules. What opens their stores is in no answer."""

from ninja import Router

from accounts import actions
from portal.arm import finding, shapes
from portal.arm.paging import page
from portal.arm.requests import ArmRequest
from portal.fleet import inventory
from portal.fleet.models import StorageAccount

router = Router(tags=["Storage accounts"])
ACCOUNTS = "/providers/Microsoft.Storage/storageAccounts"
GROUP = "/subscriptions/{subscription}/resourceGroups/{group}"


@router.get("/subscriptions/{subscription}" + ACCOUNTS)
def list_storage_accounts_of_subscription(request: ArmRequest, subscription: str) -> shapes.Shape:
    found = finding.subscription(request.principal, subscription)
    rows = inventory.storage_accounts(request.principal).filter(subscription=found)
    return page(request, rows, lambda account: [shapes.storage_account(account)])


@router.get(GROUP + ACCOUNTS)
def list_storage_accounts(request: ArmRequest, subscription: str, group: str) -> shapes.Shape:
    found = finding.group(request.principal, f"/subscriptions/{subscription}/resourceGroups/{group}")
    rows = inventory.storage_accounts(request.principal).filter(resource_group=found)
    return page(request, rows, lambda account: [shapes.storage_account(account)])


@router.get(GROUP + ACCOUNTS + "/{name}")
def get_storage_account(request: ArmRequest, subscription: str, group: str, name: str) -> shapes.Shape:
    scope = f"/subscriptions/{subscription}/resourceGroups/{group}{ACCOUNTS}/{name}"
    found = finding.one(request.principal, actions.STORAGE_READ, scope, StorageAccount)
    return shapes.storage_account(found)
