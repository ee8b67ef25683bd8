from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import passwords
from accounts.forms.people import PasswordForm, ProfileForm, show_errors
from accounts.forms.terminal import TerminalForm
from accounts.models import User
from accounts.pages import signed_in
from accounts.requests import PortalRequest
from accounts.services.profile import change_own_password, change_profile, choose_terminal
from accounts.throttle import Locked
from accounts.views.sign_in import locked_sentence


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def profile(request: PortalRequest) -> HttpResponse:
    user = User.objects.get(id=request.user.id)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        change_profile(by=request.principal, user=User.objects.get(id=user.id), **form.cleaned_data)
        messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    context = {"form": form, "memberships": user.memberships.select_related("tenant").filter(is_active=True)}
    return render(request, "accounts/profile.html", context)


@never_cache
@require_POST
@signed_in
def terminal_looks(request: PortalRequest) -> HttpResponse:
    """Sent by static/js/console/tools/looks.js while the person goes on working: JSON instead of a page."""
    form = TerminalForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    choose_terminal(user=request.user, **form.cleaned_data)
    return JsonResponse(form.cleaned_data)


@sensitive_post_parameters("old", "new")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def password(request: PortalRequest) -> HttpResponse:
    """The old one is asked for and counted like a sign-in; every other sign-in of the person ends."""
    if not request.user.has_usable_password():
        return redirect("profile")
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _changed(request, form):
        messages.success(request, _("Your password is changed. You are signed out everywhere else."))
        return redirect("profile")
    return render(request, "accounts/password.html", {"form": form})


def _changed(request: PortalRequest, form: PasswordForm) -> bool:
    try:
        known = passwords.is_own_password(request, form.cleaned_data["old"])
    except Locked as locked:
        form.add_error("old", locked_sentence(locked))
        return False
    if not known:
        form.add_error("old", _("This is not your password. Try again."))
        return False
    try:
        change_own_password(
            by=request.principal, user=request.user, new=form.cleaned_data["new"], keep=request.sign_in
        )
    except ValidationError as error:
        show_errors(form, error, otherwise="new")
        return False
    update_session_auth_hash(request, request.user)
    return True
