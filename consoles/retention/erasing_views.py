"""Deletes what one machine printed, for a reason. In: the machine's scope, also of one that was removed. Out: the deletion begun, or the hold that forbids it."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts import actions
from accounts.access import NotVisible, authorize
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from consoles.archive.erasing import erase_output, erase_removed
from consoles.retention.forms import ReasonForm
from consoles.retention.naming import way_back, why_held
from consoles.retention.removed import is_kept
from portal.fleet.models import VirtualMachine
from portal.fleet.selectors import resource_at, what_remains_of
from portal.fleet.services.holds import OnHold


@portal_page
def erase(request: PortalRequest, scope: str) -> HttpResponse:
    vm = resource_at(request.principal, actions.LOG_DELETE, f"/{scope}")
    if not isinstance(vm, VirtualMachine):
        raise NotVisible
    act = partial(erase_output, by=request.principal, vm=vm)
    return _ask(
        request,
        vm,
        act,
        _("What it prints from now on is recorded as before. The reason and your name are recorded."),
    )


@portal_page
def erase_of_removed(request: PortalRequest, scope: str) -> HttpResponse:
    """Its right is asked for at what remains of where it was."""
    if not is_kept(request.tenant, f"/{scope}"):
        raise NotVisible
    authorize(request.principal, actions.LOG_DELETE, what_remains_of(f"/{scope}", request.tenant))
    act = partial(erase_removed, by=request.principal, tenant_id=request.tenant.id, scope=f"/{scope}")
    return _ask(
        request,
        scope.rpartition("/")[2],
        act,
        _("The machine was removed. The reason and your name are recorded."),
    )


def _ask(
    request: PortalRequest, what: VirtualMachine | str, act: Callable[..., object], besides: str
) -> HttpResponse:
    """Of a removed machine there is its name."""
    name, back = str(getattr(what, "name", what)), way_back(request, what)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _erased(request, name, act, form):
        return go(request, back)
    context = {
        "title": _("Delete what %(name)s has printed?") % {"name": name},
        "consequences": [
            _("All that is recorded of its serial output until now goes, from this portal and from every storage account."),
            _("It cannot be brought back. Sessions and audit entries stay, without the output beside them."),
            besides,
        ],
        "form": form,
        "submit": _("Delete the output"),
        "cancel": back,
        "danger": True,
    }  # fmt: skip
    return render(request, "retention/reason.html", context)


def _erased(request: PortalRequest, name: str, act: Callable[..., object], form: ReasonForm) -> bool:
    try:
        act(reason=form.cleaned_data["reason"])
    except OnHold as held:
        form.add_error(None, why_held(request.tenant, held.hold))
        return False
    messages.success(request, _("What %(name)s has printed is being deleted.") % {"name": name})
    return True
