"""Changes who reaches a storage account. Closing one takes the consoles whose logs it holds with it."""

from collections.abc import Sequence

from django.db import transaction

from accounts import actions, audit, events
from accounts.principals import Principal
from portal.fleet.models import StorageAccount


@transaction.atomic
def set_network_rules(
    *, by: Principal, account: StorageAccount, default_action: str, allowed_addresses: Sequence[str]
) -> StorageAccount:
    account = StorageAccount.objects.select_for_update().get(id=account.id)
    before = {"default_action": account.default_action, "allowed_addresses": account.allowed_addresses}
    account.default_action, account.allowed_addresses = default_action, list(allowed_addresses)
    account.full_clean()
    account.save()
    after = {"default_action": account.default_action, "allowed_addresses": account.allowed_addresses}
    audit.record(
        by=by,
        action=actions.STORAGE_WRITE,
        scope=account.scope,
        tenant_id=account.tenant_id,
        details={"before": before, "after": after},
    )
    events.announce(events.SWITCH_CHANGED, account.tenant_id, storage=account.scope_key)
    return account
