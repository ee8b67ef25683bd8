"""Where a tenant's audit log goes: syslog receivers and webhooks. Its pages are in targets.py beside this file; here is what they say of forwarding."""

from django.utils.translation import gettext_lazy as _

from accounts import actions
from portal.fleet.forms.targets import ForwardTargetForm
from portal.fleet.forwarding.selectors import targets_of
from portal.fleet.services import forwarding as services
from portal.fleet.views.targets import Kind

KIND = Kind(
    page="forwarding",
    acts="forwarding",
    form=ForwardTargetForm,
    targets_of=targets_of,
    add=services.add_forward_target,
    switch=services.switch_forward_target,
    try_out=services.try_forward_target,
    once_removed=(
        _("No entry of the audit log goes there any more."),
        _("What it has not had yet does not follow. The log itself stays here."),
    ),
    right_to_add=actions.AUDIT_READ,  # whoever adds one reads there what the log has
)
