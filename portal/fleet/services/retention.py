"""How long a tenant keeps its records. Shortening it deletes at the clock's next turn, so nothing shorter than a floor is taken for the audit."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import actions, audit
from accounts.models import Tenant
from accounts.principals import Principal
from portal.fleet.models import StorageAccount
from portal.fleet.models.records import Retention
from portal.fleet.models.storage import StorageKind

LEAST_AUDIT_DAYS = 90
COLUMNS = ("log_days", "session_days", "seal_after_days", "seal_account_id", "audit_days")


class SavedMeanwhile(Exception):
    """Something else holds now than what somebody saw who saves."""

    def __init__(self, kept: Retention) -> None:
        super().__init__()
        self.kept = kept


def retention_of(tenant: Tenant) -> Retention:
    """Unsaved, with what holds for everybody, where the tenant has never chosen."""
    found = Retention.objects.filter(tenant=tenant).select_related("seal_account").first()
    return found or Retention(tenant=tenant)


def known_of(retention: Retention) -> str:
    """What a page shows of it, in few characters."""
    return ",".join(str(getattr(retention, name) or "") for name in COLUMNS)


@transaction.atomic
def change_retention(
    *,
    by: Principal,
    tenant: Tenant,
    log_days: int | None,
    session_days: int | None,
    audit_days: int | None,
    seal_after_days: int | None,
    seal_account: StorageAccount | None,
    known: str = "",
) -> Retention:
    """`known` is what was seen by whoever saves: of two at once, the second is refused with SavedMeanwhile."""
    Tenant.objects.select_for_update().get(id=tenant.id)
    retention = retention_of(tenant)
    if known and known != known_of(retention):
        raise SavedMeanwhile(retention)
    before = _told(retention)
    retention.log_days, retention.session_days = log_days, session_days
    retention.audit_days, retention.seal_after_days = audit_days, seal_after_days
    retention.seal_account = seal_account
    _check(retention)
    retention.save()
    after = _told(retention)
    if after != before:
        audit.record(
            by=by,
            action=actions.RETENTION_WRITE,
            scope=tenant.scope,
            tenant_id=tenant.id,
            details={name: [before[name], after[name]] for name in after if after[name] != before[name]},
        )
    return retention


def _told(retention: Retention) -> dict[str, object]:
    account = retention.seal_account
    return {
        "log_days": retention.log_days,
        "session_days": retention.session_days,
        "audit_days": retention.audit_days,
        "seal_after_days": retention.seal_after_days,
        "seal_account": account.scope if account else None,
    }


def _check(retention: Retention) -> None:
    if 0 in (retention.log_days, retention.session_days, retention.seal_after_days):
        raise ValidationError(_("The shortest time is one day. Leave a field empty to keep things for ever."))
    _check_sealing(retention)
    _check_audit(retention)


def _check_sealing(retention: Retention) -> None:
    account, sealed = retention.seal_account, retention.seal_after_days
    if account is not None and account.kind == StorageKind.UNSUPPORTED:
        raise ValidationError({"seal_account": _("An account of this kind cannot keep audit entries.")})
    if sealed is not None and account is None:
        raise ValidationError({"seal_account": _("Choose where sealed entries are kept.")})
    if sealed is None and account is not None:
        raise ValidationError(
            {"seal_after_days": _("Say after how many days entries are sealed there, or choose no account.")}
        )


def _check_audit(retention: Retention) -> None:
    sealed, audit_days = retention.seal_after_days, retention.audit_days
    if audit_days is None:
        return
    if audit_days < LEAST_AUDIT_DAYS:
        raise ValidationError(
            {
                "audit_days": _("Audit entries are kept for at least %(days)d days.")
                % {"days": LEAST_AUDIT_DAYS}
            }
        )
    if sealed is None or sealed > audit_days:
        raise ValidationError(
            {
                "seal_after_days": _(
                    "Only sealed entries are deleted: without their seal, the rest could not be proved. Seal them before that."
                )
            }
        )
