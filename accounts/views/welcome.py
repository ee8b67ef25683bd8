"""The first minute of an empty installation: one form makes the first tenant and its owner."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import admission
from accounts.forms.people import FirstAdminForm, show_errors
from accounts.requests import AnyRequest
from accounts.secrets import hash_of
from accounts.services import first_admin

KEPT = "welcome"


@never_cache
@require_safe
def follow(request: AnyRequest, token: str) -> HttpResponse:
    request.session.pop(KEPT, None)
    if first_admin.is_open(hash_of(token)):
        request.session[KEPT] = hash_of(token)
    response = redirect("welcome")
    response["Referrer-Policy"] = "no-referrer"
    return response


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: AnyRequest) -> HttpResponse:
    token_hash = str(request.session.get(KEPT, ""))
    if not first_admin.is_open(token_hash):
        return _gone(request)
    form = FirstAdminForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _tenant, user = first_admin.create_first_admin(token_hash=token_hash, **form.cleaned_data)
        except first_admin.LinkIsGone:
            return _gone(request)
        except ValidationError as error:
            show_errors(form, error, otherwise="password")
        else:
            request.session.pop(KEPT, None)
            return redirect(admission.admit(request, user, method="first administrator's link", next="/"))
    return render(request, "accounts/welcome.html", {"form": form})


def _gone(request: AnyRequest) -> HttpResponse:
    request.session.pop(KEPT, None)
    return render(request, "accounts/welcome_gone.html", status=410)
