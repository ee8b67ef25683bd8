"""Legal holds, put and ended. In: a scope, or a hold. Out: the hold, with its reason; or why not."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import actions
from accounts.access import NotVisible, authorize
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from accounts.views.two_steps import confirm
from consoles.retention.forms import ReasonForm
from consoles.retention.naming import way_back, with_names
from portal.fleet.models.records import LegalHold
from portal.fleet.places import chain
from portal.fleet.selectors import resource_at
from portal.fleet.services.holds import end_hold, put_hold


@portal_page
def hold_new(request: PortalRequest, scope: str) -> HttpResponse:
    resource = resource_at(request.principal, actions.HOLD_WRITE, f"/{scope}")
    here = chain(request.tenant, resource)[-1]
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        put_hold(
            by=request.principal, tenant=request.tenant, resource=resource, reason=form.cleaned_data["reason"]
        )
        messages.success(request, _("Records of %(name)s are on hold.") % {"name": here.name})
        return go(request, way_back(request, resource))
    context = {
        "title": _("Put the records of %(name)s on hold?") % {"name": here.name},
        "consequences": [
            _("Nothing recorded there or below is deleted: no retention, and nobody."),
            _("Logs there may grow beyond their limits meanwhile, since their oldest parts stay."),
            _("It is in force until somebody ends it. The reason and your name are recorded."),
        ],
        "form": form,
        "submit": _("Put on hold"),
        "cancel": way_back(request, resource),
    }
    return render(request, "retention/reason.html", context)


@portal_page
def hold_end(request: PortalRequest, hold_id: UUID) -> HttpResponse:
    hold = LegalHold.objects.filter(tenant=request.tenant, id=hold_id).first()
    if hold is None:
        raise NotVisible
    authorize(request.principal, actions.HOLD_WRITE, hold)
    name = with_names(request.tenant, [hold])[0].where
    if hold.ended_at is not None:
        told = {"name": name, "who": hold.ended_by_name, "at": f"{hold.ended_at:%Y-%m-%d %H:%M:%S} UTC"}
        messages.info(request, _("The hold on %(name)s was ended by %(who)s, %(at)s.") % told)
        return go(request, reverse("records"))
    return confirm(
        request,
        title=_("End the hold on %(name)s?") % {"name": name},
        consequences=[
            _("What is older than the tenant's retention allows is deleted at its next turn."),
            _("The hold was put for this reason: %(reason)s") % {"reason": hold.reason},
        ],
        submit=_("End the hold"),
        cancel=reverse("records"),
        act=partial(end_hold, by=request.principal, hold=hold),
        done=_("The hold on %(name)s has ended.") % {"name": name},
    )
