"""Audit entries in people's words."""

from django import template
from django.utils.functional import Promise

from accounts import action_words

register = template.Library()


@register.filter
def in_words(action: str) -> str | Promise:
    return action_words.in_words(action) or action


@register.filter
def telling(details: dict[str, object]) -> str:
    return action_words.telling(details)


@register.filter
def last_name(scope: str) -> str:
    """What a scope is of, where its path says it by name; ids say nothing to people."""
    parts = scope.strip("/").split("/")
    return "" if len(parts) <= 2 else parts[-1]
