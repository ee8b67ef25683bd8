"""Links that are links only for whoever may open the page behind; others read the name. A hint: every page asks the gate itself."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import actions
from accounts.decisions import Decision, Verdict
from accounts.models import RoleDefinition
from accounts.models.roles import PrincipalKind
from accounts.role_selectors import least_role_for
from portal.fleet.context import frame_of
from portal.fleet.models.scoped import Scoped
from portal.fleet.places import Place, place_of

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], action: str, scope: str) -> bool:
    """`action`: by its name in accounts/actions.py."""
    return frame_of(context["request"]).reach.at(getattr(actions, action), scope)


@register.simple_tag(takes_context=True)
def page_of(context: dict[str, Any], place: Place) -> str:
    """Its address; empty for whoever may not open it."""
    return place.overview if frame_of(context["request"]).reach.at(place.action, place.scope) else ""


@register.simple_tag(takes_context=True)
def way_to_give(context: dict[str, Any], refused: Decision) -> str:
    """The page that gives access there, with the role that is missing and the reader filled in; empty for whoever may not give it."""
    request = context["request"]
    reader = frame_of(request).principal
    if refused.verdict is not Verdict.MISSING_ROLE or reader is None or frame_of(request).grant:
        return ""
    role = least_role_for(refused.action) if may(context, "ASSIGNMENT_WRITE", refused.scope) else None
    if role is None:
        return ""
    chosen = urlencode({"who": f"{PrincipalKind.USER}:{reader.id}", "role": role})
    return f"{reverse('access_add', args=[refused.scope.lstrip('/')])}?{chosen}"


@register.simple_tag(takes_context=True)
def link_to(context: dict[str, Any], thing: Place | Scoped) -> str | SafeString:
    place = thing if isinstance(thing, Place) else place_of(thing)
    address = page_of(context, place)
    return format_html('<a href="{}">{}</a>', address, place.name) if address else place.name


@register.simple_tag(takes_context=True)
def link_to_role(context: dict[str, Any], role: RoleDefinition) -> str | SafeString:
    """Roles are read at the tenant's scope."""
    if not may(context, "ROLE_READ", context["request"].tenant.scope):
        return role.title
    return format_html('<a href="{}">{}</a>', reverse("role", args=[role.id]), role.title)
