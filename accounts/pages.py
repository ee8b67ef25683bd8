"""The decorators every view carries. In: any request. Out: a view that can rely on a principal acting in a tenant."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from accounts.redirects import go
from accounts.requests import AnyRequest

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """For a person's own pages: somebody is signed in; which tenant they act in does not matter."""

    @wraps(view)
    def wrapper(request: AnyRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.principal is None:
            return go(request, f"/sign-in/?{urlencode({'next': request.get_full_path()})}")
        return view(request, *args, **kwargs)

    return wrapper


def portal_page(view: View) -> View:
    """For pages of a tenant: whoever belongs to none is told so instead of being shown an empty portal."""

    @wraps(view)
    @signed_in
    def wrapper(request: AnyRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.tenant is None:
            return render(request, "accounts/no_tenant.html", status=403)
        return view(request, *args, **kwargs)

    return wrapper
