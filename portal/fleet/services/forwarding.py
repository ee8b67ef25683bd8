"""Where a tenant's audit entries go: targets added, switched, given a new secret, removed, tried. Each is audited; secrets are shown once."""

import ssl

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions, audit
from accounts.models import AuditChain, Tenant
from accounts.principals import Principal
from accounts.secrets import fresh, seal
from portal.fleet.alerts.failures import NotDelivered
from portal.fleet.alerts.webhooks import may_reach
from portal.fleet.forwarding import syslog
from portal.fleet.forwarding.sending import deliver_test
from portal.fleet.models import ForwardTarget
from portal.fleet.models.records import ForwardKind
from portal.fleet.reaching import leads_elsewhere
from portal.fleet.services.alerts import check_webhook, without_path

MOST = 5  # of one tenant
SECRET = "hp_forward"  # noqa: S105  # how a secret of this kind begins


@transaction.atomic
def add_forward_target(
    *, by: Principal, tenant: Tenant, kind: str, address: str, authority: str = ""
) -> tuple[ForwardTarget, str]:
    """The target, and the secret of a webhook: shown this once. The first entry it gets is that it was added."""
    Tenant.objects.select_for_update().get(id=tenant.id)
    if ForwardTarget.objects.filter(tenant=tenant).count() >= MOST:
        raise ValidationError(_("A tenant has at most %(most)d targets. Remove one first.") % {"most": MOST})
    target = ForwardTarget(tenant=tenant, kind=kind, address=address.strip())
    secret = ""
    if kind == ForwardKind.WEBHOOK:
        check_webhook(target.address)
        secret = fresh(SECRET).text
        target.sealed_secret = seal(secret)
    else:
        target.authority = authority.strip()
        _check_syslog(target)
    chain = AuditChain.objects.select_for_update().filter(tenant=tenant).first()
    target.done_seq = chain.seq if chain else 0
    target.full_clean(exclude=["next_try_at", "last_ok_at", "last_error_at"])
    target.save()
    _record(by, target, created=_shown(target))
    return target, secret


@transaction.atomic
def switch_forward_target(*, by: Principal, target: ForwardTarget, enabled: bool) -> None:
    """Turned on again it goes on where it was: nothing of the log is passed over."""
    ForwardTarget.objects.filter(id=target.id).update(enabled=enabled, tries=0, next_try_at=None)
    _record(by, target, name=_shown(target), enabled=enabled)


@transaction.atomic
def renew_forward_secret(*, by: Principal, target: ForwardTarget) -> str:
    if target.kind != ForwardKind.WEBHOOK:
        raise ValidationError(_("Only webhooks have a secret."))
    secret = fresh(SECRET).text
    ForwardTarget.objects.filter(id=target.id).update(sealed_secret=seal(secret))
    _record(by, target, name=_shown(target), new_secret=True)
    return secret


@transaction.atomic
def remove_forward_target(*, by: Principal, target: ForwardTarget) -> None:
    _record(by, target, removed=_shown(target))
    target.delete()


def try_forward_target(*, by: Principal, target: ForwardTarget) -> str:
    """Sends a test while somebody waits for it: empty when it arrived, and then what waits follows at once; else why not."""
    try:
        deliver_test(target)
    except NotDelivered as failed:
        problem = failed.code
        told = {"last_error": problem, "last_error_at": timezone.now()}
    else:
        problem, told = "", {"last_error": "", "last_ok_at": timezone.now()}
        ForwardTarget.objects.filter(id=target.id, tries__gt=0).update(tries=0, next_try_at=None)
    ForwardTarget.objects.filter(id=target.id).update(**told)
    _record(by, target, name=_shown(target), tested=problem or "ok")
    return problem


def _check_syslog(target: ForwardTarget) -> None:
    try:
        host, port = syslog.place(target.address)
        syslog.trusting(target.authority)
    except ssl.SSLError as error:
        raise ValidationError({"authority": _("This holds no certificate in PEM.")}) from error
    except ValueError as error:
        example = "logs.example.com:6514"
        told = _("A syslog receiver's address is a name and a port, as in %(example)s.")
        raise ValidationError({"address": told % {"example": example}}) from error
    target.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if leads_elsewhere(f"//{target.address}", may_reach):
        raise ValidationError({"address": _("Homeport may not reach this address from here.")})


def _shown(target: ForwardTarget) -> str:
    return target.address if target.kind == ForwardKind.SYSLOG else without_path(target.address)


def _record(by: Principal, target: ForwardTarget, **details: object) -> None:
    audit.record(
        by=by,
        action=actions.FORWARDING_WRITE,
        scope=target.tenant.scope,
        tenant_id=target.tenant_id,
        details={"forward_target": str(target.id), **details},
    )
