"""Groups of a tenant: people who get roles together."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import directory
from accounts.access import NotVisible
from accounts.forms.directory import GroupForm
from accounts.models import Group, GroupMember, User
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from accounts.rights import handing_over, reading, taking_away, writing
from accounts.selectors import people_of
from accounts.services.people import add_to_group, delete_group, remove_from_group, save_group
from accounts.views.two_steps import attempt, confirm
from portal.config import keyset

CANDIDATES = 10


def _group(request: PortalRequest, group_id: UUID) -> Group:
    found = directory.groups_of(request.tenant).filter(id=group_id).select_related("tenant").first()
    if found is None:
        raise NotVisible
    return found


def _user(request: PortalRequest, text: str) -> User:
    try:
        found = directory.members_of(request.tenant).filter(id=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotVisible
    return found


@portal_page
def groups(request: PortalRequest) -> HttpResponse:
    rights = reading(request)
    found = directory.groups_of(request.tenant)
    if words := request.GET.get("q", "")[:100]:
        found = found.filter(name__icontains=words.strip())
    page = keyset.page(found, order=("name", "id"), request=request)
    return render(request, "accounts/groups.html", {"page": page, "rights": rights})


@portal_page
def group(request: PortalRequest, group_id: UUID) -> HttpResponse:
    rights = reading(request)
    shown = _group(request, group_id)
    members = GroupMember.objects.filter(group=shown).select_related("user")
    words = request.GET.get("add", "")[:100].strip()
    context = {
        "group": shown,
        "rights": rights,
        "page": keyset.page(members, order=("user__display_name", "id"), request=request),
        "held": directory.assignments_of(request.tenant, {shown.id}) if rights.see_access else [],
        "words": words,
        "candidates": _candidates(request, shown, words) if words and rights.write else [],
    }
    return render(request, "accounts/group.html", context)


def _candidates(request: PortalRequest, shown: Group, words: str) -> list[User]:
    outside = people_of(request.tenant).exclude(
        id__in=GroupMember.objects.filter(group=shown).values("user_id")
    )
    return list(directory.search_people(outside, words).order_by("display_name", "id")[:CANDIDATES])


@portal_page
def group_new(request: PortalRequest) -> HttpResponse:
    writing(request)
    return _edit(request, Group(tenant=request.tenant), cancel=reverse("groups"))


@portal_page
def group_edit(request: PortalRequest, group_id: UUID) -> HttpResponse:
    writing(request)
    return _edit(request, _group(request, group_id), cancel=reverse("group", args=[group_id]))


def _edit(request: PortalRequest, edited: Group, *, cancel: str) -> HttpResponse:
    title = edited.name or _("New group")
    form = GroupForm(request.POST if request.method == "POST" else None, instance=edited)
    if form.is_valid() and _save(request, form):
        messages.success(request, _("Group %(name)s is saved.") % {"name": form.instance.name})
        return go(request, reverse("group", args=[form.instance.id]))
    return render(request, "accounts/group_form.html", {"form": form, "title": title, "cancel": cancel})


def _save(request: PortalRequest, form: GroupForm) -> bool:
    try:
        save_group(by=request.principal, tenant=request.tenant, group=form.instance)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


@portal_page
@require_POST
def group_add(request: PortalRequest, group_id: UUID) -> HttpResponse:
    shown = _group(request, group_id)
    handing_over(request, {shown.id})
    user = _user(request, request.POST.get("person", ""))
    return attempt(
        request,
        partial(add_to_group, by=request.principal, group=shown, user=user),
        done=_("%(name)s is in %(group)s now.") % {"name": user, "group": shown},
        then=reverse("group", args=[group_id]),
    )


@portal_page
@require_POST
def group_take(request: PortalRequest, group_id: UUID) -> HttpResponse:
    shown = _group(request, group_id)
    taking_away(request, {shown.id})
    user = _user(request, request.POST.get("person", ""))
    return attempt(
        request,
        partial(remove_from_group, by=request.principal, group=shown, user=user),
        done=_("%(name)s is no longer in %(group)s.") % {"name": user, "group": shown},
        then=reverse("group", args=[group_id]),
    )


@portal_page
def group_delete(request: PortalRequest, group_id: UUID) -> HttpResponse:
    shown = _group(request, group_id)
    taking_away(request, {shown.id})
    people, roles = shown.size, directory.assignments_of(request.tenant, {shown.id}).count()  # type: ignore[attr-defined]
    return confirm(
        request,
        title=_("Delete the group %(name)s?") % {"name": shown},
        consequences=[
            ngettext("%(n)d person leaves it.", "%(n)d people leave it.", people) % {"n": people},
            ngettext("%(n)d role assignment is deleted.", "%(n)d role assignments are deleted.", roles)
            % {"n": roles},
            _("Consoles that somebody has open by one of these roles end within seconds."),
        ],
        submit=_("Delete the group"),
        cancel=reverse("group", args=[group_id]),
        act=partial(delete_group, by=request.principal, group=shown),
        done=_("The group %(name)s is deleted.") % {"name": shown},
        then=reverse("groups"),
    )
