"""Long lists in ARM's way. In: rows with a scope_key. Out: `value`, and a `nextLink` that goes on after the last one shown."""

from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.arm.errors import ArmError
from portal.arm.requests import ArmRequest, base_of
from portal.fleet.models import Scoped

Row = TypeVar("Row", bound=Scoped)
Shown = dict[str, Any]
PAGE = 1000
AFTER = "$skipToken"


def page(request: ArmRequest, rows: "QuerySet[Row]", show: Callable[[Row], list[Shown]]) -> Shown:
    """One row may show as several values, or as none."""
    after = _read(request.GET.get(AFTER, ""))
    found = list(rows.filter(scope_key__gt=after).order_by("scope_key")[: PAGE + 1])
    shown: Shown = {"value": [value for row in found[:PAGE] for value in show(row)]}
    if len(found) > PAGE:
        shown["nextLink"] = _next_link(request, found[PAGE - 1].scope_key)
    return shown


def _next_link(request: ArmRequest, after: str) -> str:
    query = request.GET.copy()
    query[AFTER] = urlsafe_b64encode(after.encode()).decode().rstrip("=")
    return f"{base_of(request)}{request.path}?{query.urlencode(safe='$')}"


def _read(token: str) -> str:
    try:
        after = b64decode(token.encode() + b"=" * (-len(token) % 4), altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise _no_token() from error
    if "\0" in after:
        raise _no_token()
    return after


def _no_token() -> ArmError:
    return ArmError(
        400, "InvalidSkipToken", _("The $skipToken is not one of this list. Start again without it.")
    )
