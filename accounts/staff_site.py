"""The staff's site. In: requests of whoever is platform staff, their second factor fresh if they have one. To others it does not exist."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.db.models import Model
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from accounts import mfa
from accounts.access import NotVisible

FRESH = timedelta(hours=1)
GRACE = timedelta(minutes=30)
OURS = {"accounts", "fleet", "consoles"}


class HomeportAdminSite(AdminSite):
    site_header = site_title = _("Homeport staff")
    index_title = _("Run Homeport")
    enable_nav_sidebar = False

    def register(
        self, model_or_iterable: type[Model] | Iterable[type[Model]], admin_class: Any = None, **options: Any
    ) -> None:
        """Pages that libraries bring would show people's secrets and write past the audit log, so they stay out."""
        models = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else list(model_or_iterable)
        ours = [model for model in models if model._meta.app_label in OURS]
        super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Nobody signed in: False leads to the sign-in page. Somebody who is no staff: there is no such page.
        What a tenant's own identity provider says of a person counts in that tenant, so it opens nothing here."""
        sign_in = getattr(request, "sign_in", None)
        if sign_in is None:
            return False
        if not (request.user.is_active and request.user.is_staff) or sign_in.only_tenant_id is not None:
            raise NotVisible
        return not self.factor_is_stale(request)

    def factor_is_stale(self, request: HttpRequest) -> bool:
        """A form that was opened in time may be sent a little later, so that nothing typed is lost."""
        if not mfa.has_factor(request.user):  # type: ignore[arg-type]
            return False
        proved = request.sign_in.mfa_at  # type: ignore[attr-defined]
        limit = FRESH + GRACE if request.method == "POST" else FRESH
        return proved is None or proved < timezone.now() - limit

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Reached by whoever was not let in: nobody yet, or staff whose second factor is no longer fresh."""
        wanted = self._wanted(request)
        if self.has_permission(request):
            return redirect(wanted)
        where = "/account/confirm/" if getattr(request, "sign_in", None) else "/sign-in/"
        return redirect(f"{where}?{urlencode({'next': wanted})}")

    def _wanted(self, request: HttpRequest) -> str:
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else "/admin/"

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("/account/security/")
