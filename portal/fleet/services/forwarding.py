"""Where the audit entries of a tenant, or of none, go: what targets of forwarding have of their own. The rest is in portal/fleet/services/targets.py."""

import ssl
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Tenant
from accounts.principals import Principal
from portal.fleet.forwarding import syslog
from portal.fleet.forwarding.sending import deliver_test
from portal.fleet.models import ForwardTarget
from portal.fleet.reaching import leads_elsewhere
from portal.fleet.services import targets
from portal.fleet.targets.webhooks import may_reach


@transaction.atomic
def add_forward_target(
    *, by: Principal, tenant: Tenant | None, kind: str, address: str, authority: str = ""
) -> tuple[ForwardTarget, str]:
    """The target, and the secret of a webhook. The first entry it gets is that it was added. No tenant: the platform's own chain."""
    target = ForwardTarget(tenant=tenant, kind=kind, address=address.strip())
    if target.is_webhook:
        targets.check_webhook(target.address)
    else:
        target.authority = authority.strip()
        _check_syslog(target)
    secret = targets.add(by=by, target=target)
    target.done_seq = audit.locked_chain(target.tenant_id).seq - 1
    target.save(update_fields=["done_seq"])
    return target, secret


@transaction.atomic
def switch_forward_target(*, by: Principal, target: ForwardTarget, enabled: bool) -> None:
    """Turned on again it goes on where it was: nothing of the log is passed over."""
    targets.change(target, enabled=enabled, tries=0, next_try_at=None)
    targets.record(by, target, name=target.told_as, enabled=enabled)


def try_forward_target(*, by: Principal, target: ForwardTarget) -> str:
    """Once a test has arrived, what waits follows at once; while somebody sends, they go on."""
    problem = targets.try_out(by=by, target=target, send=partial(deliver_test, target))
    if not problem:
        targets.change(target, tries=0, next_try_at=None)
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
