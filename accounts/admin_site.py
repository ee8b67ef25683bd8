"""The staff's site: whoever is platform staff, signed in by the portal's own sign-in page with its second factor."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


class HomeportAdminConfig(AdminConfig):
    default_site = "accounts.admin_site.HomeportAdminSite"


class HomeportAdminSite(AdminSite):
    site_header = site_title = _("Homeport staff")
    index_title = _("Run Homeport")
    enable_nav_sidebar = False

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        return redirect(f"/sign-in/?{urlencode({'next': request.get_full_path()})}")
