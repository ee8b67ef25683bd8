"""Gives and takes access at a scope. In: what somebody chose. Out: an assignment more or less, and what happened said in words."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import access as gate
from accounts import actions
from accounts.models import RoleAssignment
from accounts.models.roles import PrincipalKind
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from accounts.role_selectors import named, people_in
from accounts.selectors import assignments_at
from accounts.services.roles import assign_role, remove_assignment
from portal.fleet.connecting import second_half
from portal.fleet.forms.access import AddForm
from portal.fleet.selectors import resource_at
from portal.fleet.views.access import RIGHTS
from portal.fleet.views.scope_page import ScopePage, open_scope

FIELDS = {"principal_id": "who", "role": "role", "expires_at": "until"}


@portal_page
def access_add(request: PortalRequest, scope: str) -> HttpResponse:
    page = open_scope(request, scope, actions.ASSIGNMENT_WRITE, actions.ASSIGNMENT_READ)
    form = _add_form(request, page)
    if "preview" in request.GET:
        form.is_valid()
        return render(request, "fleet/access_preview.html", _preview(request, page, form))
    if form.is_bound and form.is_valid() and _give(request, page, form):
        return go(request, reverse("access", args=[page.address]))
    preview = _preview(request, page, form) if form.is_bound else {}
    return render(request, "fleet/access_add.html", {"page": page, "form": form, **preview})


def _add_form(request: PortalRequest, page: ScopePage) -> AddForm:
    """`look` is the Find button: it searches and complains about nothing yet."""
    if request.method == "POST" and "look" not in request.POST:
        return AddForm(request.POST, tenant=request.tenant, scope=page.address, among=None)
    given = request.POST if request.method == "POST" else request.GET
    return AddForm(tenant=request.tenant, scope=page.address, among=None, initial=given.dict())


def _give(request: PortalRequest, page: ScopePage, form: AddForm) -> bool:
    who, role = form.cleaned_data["who"], form.cleaned_data["role"]
    try:
        assign_role(
            by=request.principal,
            tenant=request.tenant,
            principal_kind=who.kind,
            principal_id=who.id,
            role=role,
            scope=page.here.scope,
            expires_at=form.expires_at(),
        )
    except ValidationError as error:
        _tell(form, error)
        return False
    messages.success(
        request, _("%(who)s has the role %(role)s here now.") % {"who": who.name, "role": role.title}
    )
    return True


def _tell(form: forms.Form, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, problems in error.error_dict.items():
        form.add_error(FIELDS.get(name), problems)


def _preview(request: PortalRequest, page: ScopePage, form: AddForm) -> dict[str, object]:
    sentences = _what_will_happen(request, page, form)
    connects = sentences and gate.grants(form.cleaned_data["role"], actions.CONNECT)
    further = second_half(request.principal, page.resource, actions.CONNECT) if connects else None
    return {"sentences": sentences, "further": further}


def _what_will_happen(request: PortalRequest, page: ScopePage, form: AddForm) -> list[str]:
    """Only what is chosen already can be said."""
    cleaned = getattr(form, "cleaned_data", {})
    who, role = cleaned.get("who"), cleaned.get("role")
    if who is None or role is None:
        return []
    until = form.expires_at()
    names = {"who": who.name, "role": role.title, "place": page.here.name, "kind": page.here.kind}
    sentences = [
        _("%(who)s gets the role %(role)s on %(place)s (%(kind)s) and everything in it, at once.") % names
    ]
    if who.kind == PrincipalKind.GROUP:
        sentences.append(_people_of_group(request, who.id))
    sentences.append(
        _("It ends on %(moment)s UTC. Consoles open by then end with it.")
        % {"moment": formats.date_format(until, "Y-m-d H:i")}
        if until
        else _("It lasts until somebody removes it.")
    )
    if gate.grants(role, actions.ASSIGNMENT_WRITE):
        sentences.append(_("With this role they can give access to others, and take yours away."))
    if RoleAssignment.objects.filter(principal_id=who.id, role=role, scope_key=page.here.key).exists():
        sentences.append(_("%(who)s has this role here already: only its end changes.") % names)
    return sentences


def _people_of_group(request: PortalRequest, group_id: UUID) -> str:
    count = people_in(request.tenant, group_id).count()
    return ngettext(
        "That is %(count)d person now, and whoever joins the group later.",
        "That is %(count)d people now, and whoever joins the group later.",
        count,
    ) % {"count": count}


@portal_page
def access_remove(request: PortalRequest, assignment_id: UUID, scope: str) -> HttpResponse:
    """Two steps: what will be lost, then the loss. `scope` is the page to return to; the gate is asked about the assignment's own."""
    page = open_scope(request, scope, *RIGHTS)
    listed = named(assignments_at(request.tenant, page.here.scope)).select_related("tenant", "role")
    assignment = listed.filter(id=assignment_id).first()
    if assignment is None:
        return _already_removed(request, page)
    resource_at(request.principal, actions.ASSIGNMENT_DELETE, assignment.scope)
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and _take(request, assignment, form):
        return go(request, _way_back(request, page))
    context = {
        "page": page,
        "form": form,
        "assignment": assignment,
        "consequences": _losses(request, page, assignment),
    }
    return render(request, "fleet/access_remove.html", context)


def _take(request: PortalRequest, assignment: RoleAssignment, form: forms.Form) -> bool:
    names = {"who": assignment.holder, "role": assignment.role.title}  # type: ignore[attr-defined]
    try:
        removed = remove_assignment(by=request.principal, assignment=assignment)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    if removed:
        messages.success(request, _("%(who)s no longer has the role %(role)s there.") % names)
    else:
        messages.info(request, _("Somebody else removed this access a moment ago."))
    return True


def _already_removed(request: PortalRequest, page: ScopePage) -> HttpResponse:
    messages.info(request, _("This access is gone already: somebody removed it."))
    return go(request, reverse("access", args=[page.address]))


def _way_back(request: PortalRequest, page: ScopePage) -> str:
    """Whoever took their own right to see the page goes to the start instead."""
    still = gate.decide(request.principal, actions.ASSIGNMENT_READ, page.resource).allowed
    return reverse("access", args=[page.address]) if still else "/"


def _losses(request: PortalRequest, page: ScopePage, assignment: RoleAssignment) -> list[str]:
    place = page.by_key.get(assignment.scope_key, page.here)
    who = assignment.holder  # type: ignore[attr-defined]
    names = {"who": who, "role": assignment.role.title, "place": place.name, "kind": place.kind}
    sentences = [
        _("%(who)s loses the role %(role)s on %(place)s (%(kind)s) and everything in it, at once.") % names
    ]
    own = assignment.principal_id == request.principal.id
    if assignment.principal_kind == PrincipalKind.GROUP:
        people = people_in(request.tenant, assignment.principal_id)
        own = people.filter(id=request.user.id).exists()
        count = people.count()
        sentences.append(
            ngettext("The group has %(count)d person in it.", "The group has %(count)d people in it.", count)
            % {"count": count}
        )
    sentences.append(_("Consoles open by this role alone end within two seconds."))
    if own:
        sentences.append(
            _("This is your own access. Without it you may not be able to give it back to yourself.")
        )
    others = assignments_at(request.tenant, assignment.scope).filter(principal_id=assignment.principal_id)
    kept = others.exclude(id=assignment.id).select_related("role")
    roles = sorted({one.role.title for one in kept if one.is_live})
    if roles:
        sentences.append(_("What stays: %(roles)s.") % {"roles": ", ".join(roles)})
    return sentences
