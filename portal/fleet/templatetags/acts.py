"""Audit entries in people's words."""

from django import template

from accounts import action_words
from portal.fleet.review.naming import name_of
from portal.fleet.review.words import words_of

register = template.Library()


register.filter("words_of", words_of)


@register.filter
def telling(details: dict[str, object]) -> str:
    return action_words.telling(details)


@register.filter
def last_name(scope: str) -> str:
    """What a scope is of, where its path says it by name; ids say nothing to people."""
    return "" if len(scope.strip("/").split("/")) <= 2 else name_of(scope)
