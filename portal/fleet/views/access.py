"""Who may what at a scope, and why. In: a request for a scope. Out: the list of assignments, and the gate's decision explained."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts import action_words, actions
from accounts.audit_names import reads_directory
from accounts.explain import Explanation, Look, as_if_confirmed, explain
from accounts.models import RoleAssignment
from accounts.models.roles import PrincipalKind
from accounts.pages import portal_page
from accounts.principal_search import EVERY_KIND, search
from accounts.requests import PortalRequest
from accounts.role_selectors import named, search_assignments
from accounts.selectors import assignments_at
from portal.config import keyset
from portal.fleet.connecting import SecondHalf, second_half
from portal.fleet.forms.access import ACTORS, CheckForm, FilterForm
from portal.fleet.places import Place
from portal.fleet.views.scope_page import ScopePage, open_scope

RIGHTS = (actions.ASSIGNMENT_READ, actions.ASSIGNMENT_WRITE, actions.ASSIGNMENT_DELETE)


@dataclass(frozen=True)
class Row:
    assignment: RoleAssignment
    place: Place | None
    is_here: bool
    may_open: bool
    may_remove: bool


@require_GET
@portal_page
def access(request: PortalRequest, scope: str) -> HttpResponse:
    page = open_scope(request, scope, *RIGHTS)
    form = CheckForm(
        tenant=request.tenant, scope=page.address, among=None, initial={"action": actions.CONNECT}
    )
    return _show(request, page, form, None)


@require_GET
@portal_page
def access_check(request: PortalRequest, scope: str) -> HttpResponse:
    """The same page with the answer in it; to htmx the answer alone."""
    page = open_scope(request, scope, *RIGHTS)
    among = whom_to_offer(request, page)
    if "look" in request.GET:
        form = CheckForm(tenant=request.tenant, scope=page.address, among=among, initial=request.GET.dict())
        return _show(request, page, form, None)
    form = CheckForm(request.GET, tenant=request.tenant, scope=page.address, among=among)
    explanation = _explanation(request, page, form) if form.is_valid() else None
    further = _second_half(request, page, form) if explanation and not explanation.unseen else None
    if request.htmx:
        context = {**_check_context(page, form, explanation), "further": further}
        return render(request, "fleet/access_check.html", context)
    return _show(request, page, form, explanation, further)


@require_GET
@portal_page
def access_principals(request: PortalRequest, scope: str) -> HttpResponse:
    """Radio buttons for what somebody types into a picker."""
    page = open_scope(request, scope, *RIGHTS)
    kinds = ACTORS if "actors" in request.GET else EVERY_KIND
    words = request.GET.get("find", "").strip()[:100]
    matches = search(request.tenant, words, kinds=kinds, among=whom_to_offer(request, page)) if words else []
    return render(
        request, "fleet/access_matches.html", {"widget": {"name": "who", "matches": matches, "words": words}}
    )


def whom_to_offer(request: PortalRequest, page: ScopePage) -> set[UUID] | None:
    """Everybody of the tenant to those who may give access or read the directory; to others, whom the list names anyway."""
    if page.may(actions.ASSIGNMENT_WRITE):
        return None
    if reads_directory(request.principal, request.tenant):
        return None
    listed = assignments_at(request.tenant, page.here.scope).order_by().values_list("principal_id", flat=True)
    return set(listed) | {request.user.id}


def _explanation(request: PortalRequest, page: ScopePage, form: CheckForm) -> Explanation:
    return explain(
        reader=request.principal,
        tenant=request.tenant,
        who=form.cleaned_data["who"],
        action=form.wanted_action(),
        resource=page.resource,
        address=form.cleaned_data["address"],
    )


def _second_half(request: PortalRequest, page: ScopePage, form: CheckForm) -> SecondHalf | None:
    who = as_if_confirmed(form.cleaned_data["who"], request.tenant, form.cleaned_data["address"])
    return second_half(request.principal, page.resource, form.wanted_action(), who)


def _check_context(page: ScopePage, form: CheckForm, explanation: Explanation | None) -> dict[str, object]:
    if explanation is None:
        return {"page": page, "check": form}
    return {
        "page": page,
        "check": form,
        "explanation": explanation,
        "words": action_words.in_words(explanation.decision.action) or explanation.decision.action,
        "because": _placed(page, [explanation.because] if explanation.because else []),
        "looked_at": _placed(page, explanation.looked_at),
        "elsewhere": _placed(page, explanation.elsewhere),
        "expired": _placed(page, explanation.expired),
    }


def _placed(page: ScopePage, looks: list[Look]) -> list[tuple[Look, Place | None]]:
    """Scopes above have names on this page; any other is shown as its path."""
    return [(look, page.by_key.get(look.scope.lower())) for look in looks]


def _show(
    request: PortalRequest,
    page: ScopePage,
    check: CheckForm,
    explanation: Explanation | None,
    further: SecondHalf | None = None,
) -> HttpResponse:
    filters = FilterForm(request.GET)
    everything = named(assignments_at(request.tenant, page.here.scope))
    found = search_assignments(everything, request.tenant, by=request.principal, **filters.values())
    listed = keyset.page(found, order=("holder", "id"), request=request)
    return render(
        request,
        "fleet/access.html",
        {
            **_check_context(page, check, explanation),
            "further": further,
            "filters": filters,
            "filtered": any(request.GET.get(name) for name in ("q", "kind", "state")),
            "listed": listed,
            "rows": [_row(page, one) for one in listed.rows],
            "may_add": page.may(actions.ASSIGNMENT_WRITE),
            "kinds": PrincipalKind,
        },
    )


def _row(page: ScopePage, assignment: RoleAssignment) -> Row:
    place = page.by_key.get(assignment.scope_key)
    return Row(
        assignment,
        place,
        is_here=place is page.here,
        may_open=page.may_at(actions.ASSIGNMENT_READ, assignment.scope),
        may_remove=page.may_at(actions.ASSIGNMENT_DELETE, assignment.scope),
    )
