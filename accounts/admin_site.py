"""Named in INSTALLED_APPS, so nothing here may load a model; the site itself is in staff_site.py."""

from django.contrib.admin.apps import AdminConfig


class HomeportAdminConfig(AdminConfig):
    default_site = "accounts.staff_site.HomeportAdminSite"
