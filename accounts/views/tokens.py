from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms.people import show_errors
from accounts.forms.security import TokenForm
from accounts.pages import needs_recent_confirmation, portal_page, signed_in
from accounts.requests import PortalRequest
from accounts.services.credentials import create_token, revoke_token


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
@needs_recent_confirmation
def token_new(request: PortalRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            token, text = create_token(
                by=request.principal, user=request.user, tenant=request.tenant, **form.cleaned_data
            )
        except ValidationError as error:
            show_errors(form, error, otherwise="name")
        else:
            return render(request, "accounts/token_shown.html", {"token": token, "text": text})
    return render(request, "accounts/token_new.html", {"form": form})


@require_POST
@signed_in
def token_revoke(request: PortalRequest, id: str) -> HttpResponse:
    token = get_object_or_404(request.user.api_tokens.filter(revoked_at=None), id=id)
    revoke_token(by=request.principal, token=token)
    messages.success(request, _("The token “%(name)s” is revoked.") % {"name": token.name})
    return redirect("security")
