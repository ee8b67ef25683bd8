"""The list of a tenant's people, and the way in: invitations."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import actions, directory
from accounts.access import NotVisible, authorize
from accounts.forms.directory import InviteForm
from accounts.models import Invitation
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from accounts.rights import reading, writing
from accounts.services.invitations import has_mail_server, mail_invitation, revoke_invitation
from accounts.services.tenants import invite
from portal.config import keyset

SORTS = {
    "name": ("display_name", "id"),
    "-name": ("-display_name", "-id"),
    "user": ("username",),
    "-user": ("-username",),
}


@portal_page
def people(request: PortalRequest) -> HttpResponse:
    rights = reading(request)
    found = directory.search_people(directory.members_of(request.tenant), request.GET.get("q", "")[:100])
    show = request.GET.get("show", "")
    if show in ("active", "disabled"):
        found = directory.with_membership(found, request.tenant, active=show == "active")
    elif show == "unprotected" and rights.write:
        found = directory.without_second_factor(found)
    sort = request.GET.get("sort", "name")
    order = SORTS.get(sort, SORTS["name"])
    context: dict[str, Any] = {
        "page": keyset.page(found, order=order, request=request),
        "rights": rights,
        "show": show,
        "sort": sort if sort in SORTS else "name",
    }
    if rights.write:
        context["invitations"] = directory.open_invitations(request.tenant)[:50]
    return render(request, "accounts/people.html", context)


@portal_page
@never_cache
def people_invite(request: PortalRequest) -> HttpResponse:
    rights = reading(request)
    writing(request)
    posted = request.POST if request.method == "POST" else None
    form = InviteForm(posted, tenant=request.tenant, may_assign=rights.assign)
    if form.is_valid():
        return _invited(request, form)
    return render(request, "accounts/people_invite.html", {"form": form, "mails": has_mail_server()})


def _invited(request: PortalRequest, form: InviteForm) -> HttpResponse:
    """The link is shown here once and mailed; it is not kept."""
    role = form.cleaned_data.get("role")
    if role is not None:
        authorize(request.principal, actions.ASSIGNMENT_WRITE, request.tenant)
    invitation, token = invite(
        by=request.principal, tenant=request.tenant, email=form.cleaned_data["email"], role=role
    )
    link = request.build_absolute_uri(f"/invitations/{token}/")
    mailed = mail_invitation(invitation=invitation, link=link)
    context = {"invitation": invitation, "link": link, "mailed": mailed, "mails": has_mail_server()}
    return render(request, "accounts/people_invited.html", context)


@portal_page
@require_POST
def invitation_revoke(request: PortalRequest, invitation_id: UUID) -> HttpResponse:
    writing(request)
    invitation = (
        Invitation.objects.filter(id=invitation_id, tenant=request.tenant).select_related("tenant").first()
    )
    if invitation is None:
        raise NotVisible
    revoke_invitation(by=request.principal, invitation=invitation)
    messages.success(request, _("The invitation of %(email)s is revoked.") % {"email": invitation.email})
    return go(request, reverse("people"))
