"""Links that are links only for whoever may open the page behind; others read the name. A hint: every page asks the gate itself."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import actions
from accounts.models import RoleDefinition
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
