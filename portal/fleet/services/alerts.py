"""Where a tenant wants to hear of trouble: added, switched, given a new secret, removed, tried. Each is audited; secrets are shown once."""

from urllib.parse import urlsplit
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions, audit
from accounts.models import Tenant
from accounts.principals import Principal
from accounts.providers import is_safe_address
from accounts.secrets import fresh, seal
from accounts.services.invitations import has_mail_server
from portal.fleet.alerts.delivering import send
from portal.fleet.alerts.failures import NotDelivered
from portal.fleet.alerts.webhooks import may_reach
from portal.fleet.models import AlertTarget
from portal.fleet.models.alerts import AlertKind
from portal.fleet.reaching import leads_elsewhere

MOST = 10  # of one tenant
SECRET = "hp_alert"  # noqa: S105  # how a secret of this kind begins


@transaction.atomic
def add_alert_target(*, by: Principal, tenant: Tenant, kind: str, address: str) -> tuple[AlertTarget, str]:
    """The target, and the secret its deliveries are signed with: shown this once, and empty for mail."""
    Tenant.objects.select_for_update().get(id=tenant.id)
    if AlertTarget.objects.filter(tenant=tenant).count() >= MOST:
        raise ValidationError(_("A tenant has at most %(most)d targets. Remove one first.") % {"most": MOST})
    target = AlertTarget(tenant=tenant, kind=kind, address=address.strip())
    secret = fresh(SECRET).text if kind == AlertKind.WEBHOOK else ""
    target.sealed_secret = seal(secret)
    target.full_clean(exclude=["last_ok_at", "last_error_at"])
    _check(target)
    target.save()
    _record(by, target, created=_shown(target))
    return target, secret


@transaction.atomic
def switch_alert_target(*, by: Principal, target: AlertTarget, enabled: bool) -> None:
    """What waits for one that is turned off is given up: nobody wants to hear of it days later."""
    AlertTarget.objects.filter(id=target.id).update(enabled=enabled)
    if not enabled:
        waiting = target.alerts.filter(delivered_at=None, given_up_at=None)
        waiting.update(given_up_at=timezone.now(), next_try_at=None)
    _record(by, target, name=_shown(target), enabled=enabled)


@transaction.atomic
def renew_alert_secret(*, by: Principal, target: AlertTarget) -> str:
    if target.kind != AlertKind.WEBHOOK:
        raise ValidationError(_("Only webhooks have a secret."))
    secret = fresh(SECRET).text
    AlertTarget.objects.filter(id=target.id).update(sealed_secret=seal(secret))
    _record(by, target, name=_shown(target), new_secret=True)
    return secret


@transaction.atomic
def remove_alert_target(*, by: Principal, target: AlertTarget) -> None:
    _record(by, target, removed=_shown(target))
    target.delete()


def try_alert_target(*, by: Principal, target: AlertTarget) -> str:
    """Sends a test while somebody waits for it: empty when it arrived, else why not."""
    try:
        send(target, str(uuid4()), None)
    except NotDelivered as failed:
        problem = failed.code
        told = {"last_error": problem, "last_error_at": timezone.now()}
    else:
        problem, told = "", {"last_error": "", "last_ok_at": timezone.now()}
    AlertTarget.objects.filter(id=target.id).update(**told)
    _record(by, target, name=_shown(target), tested=problem or "ok")
    return problem


def _check(target: AlertTarget) -> None:
    if target.kind == AlertKind.EMAIL:
        _check_mail(target.address)
    else:
        check_webhook(target.address)


def check_webhook(address: str) -> None:
    if not is_safe_address(address):
        raise ValidationError({"address": _("A webhook's address starts with https://.")})
    if urlsplit(address).username or urlsplit(address).fragment:
        raise ValidationError({"address": _("A webhook's address has no user name and no # in it.")})
    if leads_elsewhere(address, may_reach):
        raise ValidationError({"address": _("Webhooks may not reach this address from here.")})


def _check_mail(address: str) -> None:
    if not has_mail_server():
        raise ValidationError(_("This portal has no mail server. Choose a webhook."))
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError({"address": error.messages}) from error


def _shown(target: AlertTarget) -> str:
    return target.address if target.kind == AlertKind.EMAIL else without_path(target.address)


def without_path(address: str) -> str:
    """Many services put a secret into the path of a webhook's address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _record(by: Principal, target: AlertTarget, **details: object) -> None:
    audit.record(
        by=by,
        action=actions.TENANT_WRITE,
        scope=target.tenant.scope,
        tenant_id=target.tenant_id,
        details={"alert_target": str(target.id), **details},
    )
