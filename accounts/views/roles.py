"""The tenant's roles: what each allows, who has it, and the custom ones' editor. In: requests of a tenant. Out: pages."""

import json
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts import action_words, actions
from accounts.access import authorize_first
from accounts.decisions import Decision
from accounts.forms.roles import RoleForm
from accounts.models import RoleAssignment, RoleDefinition
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from accounts.role_selectors import as_json, granted_actions, named, roles_of
from accounts.services.roles import delete_custom_role, is_used, refuse_if_used, save_custom_role
from portal.config import keyset


def _rights(request: PortalRequest, *wanted: str) -> dict[str, Decision]:
    return authorize_first(request.principal, list(wanted), request.tenant)


def _role(request: PortalRequest, role_id: UUID, *, custom: bool = False) -> RoleDefinition:
    found = roles_of(request.tenant).filter(id=role_id).first()
    if found is None or (custom and found.is_built_in):
        raise Http404
    return found


@require_GET
@portal_page
def role_list(request: PortalRequest) -> HttpResponse:
    rights = _rights(request, actions.ROLE_READ, actions.ROLE_WRITE)
    words = request.GET.get("q", "").strip()[:100]
    found = roles_of(request.tenant).filter(name__icontains=words) if words else roles_of(request.tenant)
    custom = keyset.page(found.filter(tenant=request.tenant), order=("name", "id"), request=request)
    context = {
        "built_in": found.filter(tenant=None).order_by("name"),
        "custom": custom,
        "words": words,
        "may_write": rights[actions.ROLE_WRITE].allowed,
    }
    return render(request, "accounts/role_list.html", context)


@require_GET
@portal_page
def role(request: PortalRequest, role_id: UUID) -> HttpResponse:
    rights = _rights(request, actions.ROLE_READ, actions.ROLE_WRITE, actions.ASSIGNMENT_READ)
    found = _role(request, role_id)
    holders = None
    if rights[actions.ASSIGNMENT_READ].allowed:
        held = RoleAssignment.objects.filter(tenant=request.tenant, role=found)
        holders = keyset.page(named(held), order=("holder", "id"), request=request)
    context = {
        "role": found,
        "granted": _granted(found),
        "json": json.dumps(as_json(found), indent=2, ensure_ascii=False),
        "holders": holders,
        "may_write": rights[actions.ROLE_WRITE].allowed,
    }
    return render(request, "accounts/role.html", context)


def _granted(role: RoleDefinition) -> list[tuple[str | Promise, list[tuple[str, str | Promise]]]]:
    """What the role grants of what Homeport knows, in words, by family."""
    granted = set(granted_actions(role))
    families = [
        (name, [(action, words) for action, words in members if action in granted])
        for name, members in action_words.by_family()
    ]
    return [(name, members) for name, members in families if members]


@portal_page
def role_new(request: PortalRequest) -> HttpResponse:
    """`?from=` starts with another role's lists."""
    _rights(request, actions.ROLE_WRITE)
    if request.method == "POST":
        return _save(request, RoleForm(request.POST, instance=RoleDefinition(tenant=request.tenant)))
    return _edit(request, RoleForm(initial=_template(request)))


def _template(request: PortalRequest) -> dict[str, object]:
    try:
        source = roles_of(request.tenant).filter(id=UUID(request.GET.get("from", ""))).first()
    except ValueError:
        source = None
    if source is None:
        return {}
    return {
        "name": _("%(name)s (copy)") % {"name": source.name},
        "description": source.description,
        "actions": source.actions,
        "not_actions": source.not_actions,
        "data_actions": source.data_actions,
        "not_data_actions": source.not_data_actions,
    }


@portal_page
def role_edit(request: PortalRequest, role_id: UUID) -> HttpResponse:
    _rights(request, actions.ROLE_WRITE)
    found = _role(request, role_id, custom=True)
    if is_used(found):
        # adding to a role is giving what is added to everybody who holds it
        _rights(request, actions.ASSIGNMENT_WRITE)
    if request.method == "POST":
        return _save(request, RoleForm(request.POST, instance=found))
    return _edit(request, RoleForm(instance=found))


def _save(request: PortalRequest, form: RoleForm) -> HttpResponse:
    if not form.is_valid():
        return _edit(request, form)
    try:
        saved = save_custom_role(by=request.principal, tenant=request.tenant, role=form.instance)
    except ValidationError as error:
        form.add_error(None, error)
        return _edit(request, form)
    messages.success(request, _("The role %(name)s is saved.") % {"name": saved.name})
    for sentence in form.warnings():
        messages.warning(request, sentence)
    return go(request, reverse("role", args=[saved.id]))


def _edit(request: PortalRequest, form: RoleForm) -> HttpResponse:
    editing = not form.instance._state.adding
    starts = [] if editing or form.is_bound else roles_of(request.tenant).order_by("tenant", "name")
    context = {"form": form, "role": form.instance, "editing": editing, "starts": starts, **_preview(form)}
    return render(request, "accounts/role_edit.html", context)


@require_POST
@portal_page
def role_preview(request: PortalRequest) -> HttpResponse:
    """What the lists in the editor would grant, and which lines do nothing."""
    _rights(request, actions.ROLE_WRITE)
    form = RoleForm(request.POST, instance=RoleDefinition(tenant=request.tenant))
    return render(request, "accounts/role_preview.html", _preview(form))


def _preview(form: RoleForm) -> dict[str, object]:
    """Of a form nobody has sent yet, what it starts with."""
    if not form.is_bound:
        lists = {name: form[name].initial or [] for name in form.LISTS}
        return {"granted": _granted(RoleDefinition(**lists)), "warnings": []}
    form.is_valid()
    lists = {name: form.cleaned_data.get(name, []) for name in form.LISTS}
    return {
        "granted": _granted(RoleDefinition(**lists)),
        "warnings": form.warnings(),
        "problems": form.list_problems(),
    }


@portal_page
def role_delete(request: PortalRequest, role_id: UUID) -> HttpResponse:
    """In the way: whatever still names the role is told before anybody presses a button, and again if it came in between."""
    _rights(request, actions.ROLE_WRITE)
    found = _role(request, role_id, custom=True)
    form = forms.Form(request.POST if request.method == "POST" else None)
    try:
        if request.method == "POST":
            name = found.name
            delete_custom_role(by=request.principal, role=found)
            messages.success(request, _("The role %(name)s is deleted.") % {"name": name})
            return go(request, reverse("role_list"))
        refuse_if_used(found)
    except ValidationError as error:
        return render(
            request,
            "accounts/role_in_use.html",
            {"role": found, "problems": error.messages, "uses": _uses(found)},
        )
    return render(request, "accounts/role_delete.html", {"role": found, "form": form})


def _uses(role: RoleDefinition) -> str:
    count = role.uses  # type: ignore[attr-defined]
    return ngettext("%(count)d assignment", "%(count)d assignments", count) % {"count": count}
