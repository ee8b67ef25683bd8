from django.contrib import admin
from django.urls import include, path

from portal.config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("", include("accounts.urls")),
    path("", include("portal.fleet.urls")),
    path("", include("consoles.urls")),
    path("", include("portal.arm.urls")),
    path("oidc/", include("social_django.urls", namespace="social")),
    path("admin/queues/", include("django_rq.urls")),
    path("admin/", admin.site.urls),
]
