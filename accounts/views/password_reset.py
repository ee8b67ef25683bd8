"""Where a reset link leads: the person, signed in or not, chooses a new password and then signs in with it."""

from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import User
from accounts.redirects import go
from accounts.requests import AnyRequest
from accounts.services.password_reset import person_of_reset, use_reset_link
from accounts.sign_ins import principal_of


@never_cache
@sensitive_post_parameters()
def password_reset(request: AnyRequest, token: str) -> HttpResponse:
    user = person_of_reset(token)
    if user is None:
        return render(request, "accounts/person_reset_gone.html", status=410)
    form: SetPasswordForm[User] = SetPasswordForm(user, request.POST if request.method == "POST" else None)
    if form.is_valid() and _change(request, user, token, form.cleaned_data["new_password1"]):
        messages.success(request, _("Your new password is set. Sign in with it."))
        return go(request, "/sign-in/")
    return render(request, "accounts/person_reset.html", {"form": form, "person": user})


def _change(request: AnyRequest, user: User, token: str, password: str) -> bool:
    by = principal_of(user, address=request.address, request_id=request.request_id)
    return use_reset_link(by=by, token=token, password=password) is not None
