"""Entries as people read them. In: a page of the chain. Out: for each its words, its shape and where it was."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from accounts import action_words
from accounts.models import AuditEntry, Tenant
from portal.fleet.models import Subscription
from portal.fleet.review.naming import name_of
from portal.fleet.review.words import words_of

SUBSCRIPTION = re.compile(r"/subscriptions/[^/]+$")
SHAPES = {"succeeded": "running", "refused": "warning", "failed": "trouble"}


@dataclass(frozen=True)
class Line:
    entry: AuditEntry
    words: str | Promise
    shape: str
    where: str


def lines(tenant: Tenant, entries: Iterable[AuditEntry], here: str = "") -> list[Line]:
    """`here`: the key of the page's own scope, which no line repeats."""
    shown = list(entries)
    keys = {entry.scope_key for entry in shown if SUBSCRIPTION.match(entry.scope_key)}
    found = Subscription.objects.filter(tenant=tenant, scope_key__in=keys)
    names = dict(found.values_list("scope_key", "name")) if keys else {}
    return [
        Line(
            entry,
            words_of(entry),
            SHAPES.get(entry.outcome, "unknown"),
            "" if entry.scope_key == here else _where(entry, names),
        )
        for entry in shown
    ]


def _where(entry: AuditEntry, names: dict[str, str]) -> str:
    """Short for the list: the last name of the scope, nothing where it is an id."""
    last = names.get(entry.scope_key) or name_of(entry.scope)
    return "" if action_words.ID.fullmatch(last) else last
