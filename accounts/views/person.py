"""One person in one tenant: what they hold here, and the acts of an administrator on their membership."""

from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import directory
from accounts.access import NotVisible
from accounts.models import RoleAssignment, User
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from accounts.rights import handing_over, reading, taking_away
from accounts.services.lost_factors import remove_factors_of_member
from accounts.services.members import resume_member, suspend_member
from accounts.services.password_reset import HOURS, make_reset_link
from accounts.services.tenants import remove_member
from accounts.views.two_steps import attempt, confirm


def _person(request: PortalRequest, user_id: UUID) -> Any:
    found = directory.members_of(request.tenant).filter(id=user_id).first()
    if found is None:
        raise NotVisible
    return found


def _identities(request: PortalRequest, user: User) -> set[UUID]:
    """The ids under which the person holds roles here: their own and their groups'."""
    return {user.id, *directory.groups_with(request.tenant, user).values_list("id", flat=True)}


@portal_page
def person(request: PortalRequest, user_id: UUID) -> HttpResponse:
    rights = reading(request)
    return _page(request, _person(request, user_id), rights=rights)


def _page(request: PortalRequest, user: User, **context: Any) -> HttpResponse:
    groups = list(directory.groups_with(request.tenant, user))
    held = _held(request, user, {group.id: group.name for group in groups})
    return render(
        request,
        "accounts/person.html",
        {"person": user, "groups": groups, "held": held, "own": user.id == request.principal.id, **context},
    )


def _held(request: PortalRequest, user: User, groups: dict[UUID, str]) -> list[tuple[RoleAssignment, str]]:
    """Each role with the group it comes from, if any."""
    assignments = directory.assignments_of(request.tenant, {user.id, *groups})
    return [(one, groups.get(one.principal_id, "")) for one in assignments]


@portal_page
def person_suspend(request: PortalRequest, user_id: UUID) -> HttpResponse:
    user = _person(request, user_id)
    taking_away(request, _identities(request, user))
    return confirm(
        request,
        title=_("Disable %(name)s in %(tenant)s?") % {"name": user, "tenant": request.tenant},
        consequences=[
            _("Every console and page they have open in this tenant ends within seconds."),
            _("Their API tokens of this tenant are revoked for good."),
            _("Roles and groups are kept, and count again once you enable the person."),
            _("Other tenants they may belong to are not affected."),
        ],
        submit=_("Disable"),
        cancel=reverse("person", args=[user.id]),
        act=partial(suspend_member, by=request.principal, tenant=request.tenant, user=user),
        done=_("%(name)s is disabled in this tenant.") % {"name": user},
    )


@portal_page
@require_POST
def person_resume(request: PortalRequest, user_id: UUID) -> HttpResponse:
    user = _person(request, user_id)
    handing_over(request, _identities(request, user))
    return attempt(
        request,
        partial(resume_member, by=request.principal, tenant=request.tenant, user=user),
        done=_("%(name)s is enabled again.") % {"name": user},
        then=reverse("person", args=[user.id]),
    )


@portal_page
def person_remove(request: PortalRequest, user_id: UUID) -> HttpResponse:
    user = _person(request, user_id)
    taking_away(request, _identities(request, user))
    return confirm(
        request,
        title=_("Remove %(name)s from %(tenant)s?") % {"name": user, "tenant": request.tenant},
        consequences=_what_ends(request, user),
        submit=_("Remove from the tenant"),
        cancel=reverse("person", args=[user.id]),
        act=partial(remove_member, by=request.principal, tenant=request.tenant, user=user),
        done=_("%(name)s is no longer in this tenant.") % {"name": user},
        then=reverse("people"),
    )


def _what_ends(request: PortalRequest, user: User) -> list[str]:
    roles = directory.assignments_of(request.tenant, {user.id}).count()
    groups = directory.groups_with(request.tenant, user).count()
    sentences = [_("Every console and page they have open in this tenant ends within seconds.")]
    if roles:
        sentences.append(
            ngettext("%(n)d role assignment is deleted.", "%(n)d role assignments are deleted.", roles)
            % {"n": roles}
        )
    if groups:
        sentences.append(
            ngettext("They leave %(n)d group.", "They leave %(n)d groups.", groups) % {"n": groups}
        )
    sentences.append(_("Their API tokens of this tenant are revoked. What the audit log says of them stays."))
    return sentences


@portal_page
def person_factors(request: PortalRequest, user_id: UUID) -> HttpResponse:
    user = _person(request, user_id)
    handing_over(request, _identities(request, user))
    return confirm(
        request,
        title=_("Remove the second factors of %(name)s?") % {"name": user},
        consequences=[
            _("Their authenticator app, passkeys and recovery codes count no longer."),
            _(
                "Every sign-in they have open ends; the password alone opens the account until they add another."
            ),
            _("Make sure first that it is really them who ask."),
        ],
        submit=_("Remove second factors"),
        cancel=reverse("person", args=[user.id]),
        act=partial(remove_factors_of_member, by=request.principal, tenant=request.tenant, user=user),
        done=_("The second factors of %(name)s are removed.") % {"name": user},
    )


@portal_page
@never_cache
def person_reset(request: PortalRequest, user_id: UUID) -> HttpResponse:
    """Shows the link once, on the page that answers; it is kept nowhere."""
    if request.method != "POST":
        return go(request, reverse("person", args=[user_id]))
    rights = reading(request)
    user = _person(request, user_id)
    handing_over(request, _identities(request, user))
    try:
        token = make_reset_link(by=request.principal, tenant=request.tenant, user=user)
    except ValidationError as error:
        return _page(request, user, rights=rights, reset_problem=" ".join(error.messages))
    link = request.build_absolute_uri(reverse("password_reset", args=[token]))
    return _page(request, user, rights=rights, reset_link=link, reset_hours=HOURS)
