"""Where a tenant wants to hear of trouble: what targets of alerts have of their own. The rest is in portal/fleet/services/targets.py."""

from functools import partial
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Tenant
from accounts.principals import Principal
from accounts.services.invitations import has_mail_server
from portal.fleet.alerts.delivering import send
from portal.fleet.models import AlertTarget
from portal.fleet.services import targets


def add_alert_target(*, by: Principal, tenant: Tenant, kind: str, address: str) -> tuple[AlertTarget, str]:
    """The target, and the secret its deliveries are signed with: empty for mail."""
    target = AlertTarget(tenant=tenant, kind=kind, address=address.strip())
    if target.is_webhook:
        targets.check_webhook(target.address)
    else:
        _check_mail(target.address)
    return target, targets.add(by=by, target=target)


@transaction.atomic
def switch_alert_target(*, by: Principal, target: AlertTarget, enabled: bool) -> None:
    """What waits for one that is turned off is given up: nobody wants to hear of it days later."""
    targets.change(target, enabled=enabled)
    if not enabled:
        waiting = target.alerts.filter(delivered_at=None, given_up_at=None)
        waiting.update(given_up_at=timezone.now(), next_try_at=None)
    targets.record(by, target, name=target.told_as, enabled=enabled)


def try_alert_target(*, by: Principal, target: AlertTarget) -> str:
    return targets.try_out(by=by, target=target, send=partial(send, target, str(uuid4()), None))


def _check_mail(address: str) -> None:
    if not has_mail_server():
        raise ValidationError(_("This portal has no mail server. Choose a webhook."))
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError({"address": error.messages}) from error
