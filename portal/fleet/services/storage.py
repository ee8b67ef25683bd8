"""Storage accounts: made, changed, tried, removed, and who reaches them. Closing one takes the consoles whose logs it holds with it."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import actions, audit, events
from accounts.models import Tenant
from accounts.principals import Principal
from accounts.providers import is_safe_address
from accounts.secrets import seal
from accounts.services.vanished import remove_assignments_below
from portal.fleet.models import ResourceGroup, StorageAccount
from portal.fleet.models.storage import StorageKind
from portal.fleet.reaching import leads_elsewhere
from portal.fleet.stores.probing import probe
from portal.fleet.stores.sending import may_reach
from portal.fleet.stores.using import kept_in, used_by

MADE = (StorageKind.LOCAL, StorageKind.S3)
PLACE = ("endpoint", "region", "bucket")
CREDENTIALS = ("access_key", "secret")


@transaction.atomic
def add_storage_account(
    *, by: Principal, group: ResourceGroup, name: str, kind: str, secret: str = "", **fields: str | bool
) -> StorageAccount:
    """`fields`: endpoint, region, bucket and access_key of an S3-compatible store; location; key_access."""
    account = StorageAccount(
        tenant_id=group.tenant_id,
        subscription=group.subscription,
        resource_group=group,
        name=name,
        kind=kind,
        sealed_secret=seal(secret),
        **{"location": group.location, **fields},
    )
    if kind not in MADE:
        raise ValidationError({"kind": _("An account is a folder on disk or an S3-compatible store.")})
    Tenant.objects.select_for_update().get(id=group.tenant_id)
    if StorageAccount.objects.filter(tenant=group.tenant_id, name=name).exists():
        raise ValidationError(
            {"name": _("This name is taken: no two storage accounts of a tenant have the same.")}
        )
    _check(account)
    account.save()
    _record(by, account, created=name, kind=kind, **_shown(account))
    return account


@transaction.atomic
def change_storage_account(
    *,
    by: Principal,
    account: StorageAccount,
    key_access: bool,
    endpoint: str = "",
    region: str = "",
    bucket: str = "",
) -> StorageAccount:
    """Where something is kept stays where it is: from elsewhere it would be neither read nor deleted."""
    account = StorageAccount.objects.select_for_update().get(id=account.id)
    before, wanted = _shown(account), dict(zip(PLACE, (endpoint, region, bucket), strict=True))
    if account.kind == StorageKind.S3:
        moves = (account.endpoint, account.bucket) != (endpoint, bucket)
        if moves and kept_in(account):
            raise ValidationError(
                _(
                    "Logs or records are kept there, so its address and bucket stay. Make another account for a new place."
                )
            )
        for field, value in wanted.items():
            setattr(account, field, value)
    account.key_access = key_access
    _check(account)
    account.save()
    _record(by, account, before=before, after=_shown(account))
    events.announce(events.SWITCH_CHANGED, account.tenant_id, storage=account.scope_key)
    return account


@transaction.atomic
def set_credentials(
    *, by: Principal, account: StorageAccount, access_key: str, secret: str
) -> StorageAccount:
    """The secret is sealed, and shown to nobody again."""
    account = StorageAccount.objects.select_for_update().get(id=account.id)
    if account.kind != StorageKind.S3:
        raise ValidationError(_("Only S3-compatible stores have credentials."))
    account.access_key, account.sealed_secret = access_key, seal(secret)
    account.full_clean(exclude=["last_ok_at", "last_error_at"])
    account.save(update_fields=["access_key", "sealed_secret"])
    _record(by, account, credentials=True, access_key=access_key)
    return account


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
    _record(by, account, before=before, after=after)
    events.announce(events.SWITCH_CHANGED, account.tenant_id, storage=account.scope_key)
    return account


@transaction.atomic
def remove_storage_account(*, by: Principal, account: StorageAccount) -> None:
    """Only one that nothing uses: what it keeps would be out of everybody's reach, and out of every retention's."""
    account = StorageAccount.objects.select_for_update().get(id=account.id)
    if used_by(account):
        raise ValidationError(_("The account is in use: machines or records keep something there."))
    assignments = remove_assignments_below(by=by, tenant=account.tenant, scope=account.scope)
    _record(by, account, removed=account.name, assignments=assignments)
    account.delete()


def try_storage_account(*, by: Principal, account: StorageAccount) -> str:
    """While somebody waits for it: empty when it works, else why not."""
    problem = probe(account)
    _record(by, account, tested=problem or "ok")
    return problem


def _check(account: StorageAccount) -> None:
    account.full_clean(exclude=["last_ok_at", "last_error_at"])
    if account.kind != StorageKind.S3:
        return
    missing = {field: _("This is needed.") for field in ("endpoint", "bucket") if not getattr(account, field)}
    if missing:
        raise ValidationError(missing)
    _check_endpoint(account.endpoint)


def _check_endpoint(endpoint: str) -> None:
    parts = urlsplit(endpoint)
    if not is_safe_address(endpoint):
        raise ValidationError({"endpoint": _("The address of a store starts with https://.")})
    if parts.username or parts.query or parts.fragment or parts.path.strip("/"):
        raise ValidationError(
            {"endpoint": _("Give the address of the store alone: the bucket has its own field.")}
        )
    if leads_elsewhere(endpoint, may_reach):
        raise ValidationError({"endpoint": _("Stores may not be reached at this address from here.")})


def _shown(account: StorageAccount) -> dict[str, object]:
    fields = (*PLACE, "access_key") if account.kind == StorageKind.S3 else ()
    return {"key_access": account.key_access, **{field: getattr(account, field) for field in fields}}


def _record(by: Principal, account: StorageAccount, **details: object) -> None:
    audit.record(
        by=by,
        action=actions.STORAGE_WRITE,
        scope=account.scope,
        tenant_id=account.tenant_id,
        details=details,
    )
