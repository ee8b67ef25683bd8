"""Where a tenant hears of trouble: webhooks and mailboxes. Its pages are in targets.py beside this file; here is what they say of alerts."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.requests import PortalRequest
from portal.fleet.alerts.selectors import newest_alerts, targets_of
from portal.fleet.forms.targets import AlertTargetForm
from portal.fleet.services import alerts as services
from portal.fleet.views.targets import Kind


def _newest(request: PortalRequest) -> dict[str, Any]:
    return {"alerts": newest_alerts(request.principal, request.tenant)}


KIND = Kind(
    page="alerts",
    acts="alert",
    form=AlertTargetForm,
    targets_of=targets_of,
    add=services.add_alert_target,
    switch=services.switch_alert_target,
    try_out=services.try_alert_target,
    once_removed=(_("Nobody hears of trouble there any more."), _("What still waits for it is given up.")),
    beside=_newest,
)
