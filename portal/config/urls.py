from django.contrib import admin
from django.urls import include, path

from portal.config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("accounts.urls")),
    path("", include("accounts.directory_urls")),
    path("", include("accounts.role_urls")),
    path("", include("portal.fleet.urls")),
    path("", include("consoles.urls")),
    path("", include("consoles.reviewing.urls")),
    path("", include("portal.arm.urls")),
    path("admin/", admin.site.urls),
]
