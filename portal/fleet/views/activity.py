"""What happened at a scope and below it. In: a request for a scope. Out: a page of the audit chain, newest first."""

import json
import re
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts import action_words, actions
from accounts.audit_selectors import entries_at, search
from accounts.models import AuditEntry
from accounts.pages import portal_page
from accounts.requests import PortalRequest
from portal.config import keyset
from portal.fleet.forms.activity import ActivityForm
from portal.fleet.models import Subscription
from portal.fleet.views.scope_page import ScopePage, open_scope

AT_ONCE = 30  # each entry brings its details along, and a page stays under 200 KB
SUBSCRIPTION = re.compile(r"/subscriptions/[^/]+$")
SHAPES = {"succeeded": "running", "refused": "warning", "failed": "trouble"}


@dataclass(frozen=True)
class Line:
    entry: AuditEntry
    words: str | Promise
    shape: str
    where: str
    facts: list[tuple[str, str]]


@gzip_page
@require_GET
@portal_page
def activity(request: PortalRequest, scope: str) -> HttpResponse:
    page = open_scope(request, scope, actions.AUDIT_READ)
    form = ActivityForm(request.GET)
    found = search(entries_at(request.tenant, page.here.scope), form.filters())
    listed = keyset.page(found, order=("-at", "-id"), request=request, size=AT_ONCE)
    names = _subscription_names(request, listed.rows)
    return render(
        request,
        "fleet/activity.html",
        {
            "page": page,
            "form": form,
            "filtered": any(request.GET.get(name) for name in form.fields),
            "listed": listed,
            "lines": [_line(page, entry, names) for entry in listed.rows],
        },
    )


def _subscription_names(request: PortalRequest, entries: list[AuditEntry]) -> dict[str, str]:
    keys = {entry.scope_key for entry in entries if SUBSCRIPTION.match(entry.scope_key)}
    found = Subscription.objects.filter(tenant=request.tenant, scope_key__in=keys)
    return dict(found.values_list("scope_key", "name"))


def _line(page: ScopePage, entry: AuditEntry, names: dict[str, str]) -> Line:
    return Line(
        entry,
        action_words.in_words(entry.action) or entry.action,
        SHAPES.get(entry.outcome, "unknown"),
        _where(page, entry, names),
        [(name.replace("_", " "), _plain(value)) for name, value in sorted(entry.details.items())],
    )


def _where(page: ScopePage, entry: AuditEntry, names: dict[str, str]) -> str:
    """Short for the list: the last name of the scope, nothing where it is the page's own or an id."""
    if entry.scope_key == page.here.key:
        return ""
    last = names.get(entry.scope_key) or entry.scope.rstrip("/").rsplit("/", 1)[-1]
    return "" if action_words.ID.fullmatch(last) else last


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
