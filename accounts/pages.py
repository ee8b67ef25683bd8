"""The decorators every view carries. In: any request. Out: a view that can rely on a principal acting in a tenant."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.http import urlencode

from accounts import mfa
from accounts.redirects import go
from accounts.requests import AnyRequest, PortalRequest

View = Callable[..., HttpResponseBase]


def where_they_were(request: AnyRequest) -> str:
    """What was asked for, or the page from which it was sent: what changes something is not sent again by itself."""
    if request.method == "GET" and not request.htmx:
        return request.get_full_path()
    return request.htmx.current_url_abs_path or request.META.get("HTTP_REFERER", "/")


def signed_in(view: View) -> View:
    """For a person's own pages: somebody is signed in; which tenant they act in does not matter."""

    @wraps(view)
    def wrapper(request: AnyRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.principal is None:
            return go(request, f"/sign-in/?{urlencode({'next': where_they_were(request)})}")
        return view(request, *args, **kwargs)

    return wrapper


def portal_page(view: View) -> View:
    """For pages of a tenant: whoever belongs to none is told so instead of being shown an empty portal."""

    @wraps(view)
    @signed_in
    def wrapper(request: AnyRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.tenant is None:
            return render(request, "accounts/no_tenant.html", status=403)
        return view(request, *args, **kwargs)

    return wrapper


def needs_recent_confirmation(view: View) -> View:
    """For whoever finds a browser open: what outlives the sign-in asks again who is there."""

    @wraps(view)
    def wrapper(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if mfa.recently_confirmed(request):
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else "/account/security/"
        where = f"/account/confirm/?{urlencode({'next': back})}"
        if request.content_type == "application/json":
            return JsonResponse({"next": where}, status=403)
        return go(request, where)

    return wrapper
