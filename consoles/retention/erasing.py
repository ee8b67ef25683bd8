"""Deletes what one machine printed, for a reason. In: the machine's scope. Out: the deletion begun, or the hold that forbids it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import actions
from accounts.access import NotVisible
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from consoles.archive.erasing import erase_output
from consoles.retention.forms import ReasonForm
from consoles.retention.naming import why_held
from portal.fleet.models import VirtualMachine
from portal.fleet.selectors import resource_at
from portal.fleet.services.holds import OnHold


@portal_page
def erase(request: PortalRequest, scope: str) -> HttpResponse:
    vm = resource_at(request.principal, actions.LOG_DELETE, f"/{scope}")
    if not isinstance(vm, VirtualMachine):
        raise NotVisible
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _erased(request, vm, form):
        return go(request, reverse("records"))
    context = {
        "title": _("Delete what %(name)s has printed?") % {"name": vm.name},
        "consequences": [
            _("All that is recorded of its serial output until now goes, from this portal and from every storage account."),
            _("It cannot be brought back. Sessions and audit entries stay, without the output beside them."),
            _("What it prints from now on is recorded as before. The reason and your name are recorded."),
        ],
        "form": form,
        "submit": _("Delete the output"),
        "cancel": reverse("records"),
        "danger": True,
    }  # fmt: skip
    return render(request, "retention/reason.html", context)


def _erased(request: PortalRequest, vm: VirtualMachine, form: ReasonForm) -> bool:
    try:
        erase_output(by=request.principal, vm=vm, reason=form.cleaned_data["reason"])
    except OnHold as held:
        form.add_error(None, why_held(request.tenant, held.hold))
        return False
    messages.success(request, _("What %(name)s has printed is being deleted.") % {"name": vm.name})
    return True
