from django.urls import path

from consoles.diagnostics import download_views, link_views, log_views, page

VM = "vms/<uuid:sub>/<str:group>/<str:name>/"
INSTANCE = "scale-sets/<uuid:sub>/<str:group>/<str:name>/<int:instance>/"

urlpatterns = [
    path(f"{VM}boot-diagnostics/", page.boot_diagnostics, name="vm_boot_diagnostics"),
    path(f"{VM}log/", log_views.log, name="vm_log"),
    path(f"{VM}log/search/", log_views.log_search, name="vm_log_search"),
    path(f"{VM}log/download/", download_views.log_download, name="vm_log_download"),
    path(f"{VM}log/links/", link_views.log_links, name="vm_log_links"),
    path(f"{VM}log/links/<uuid:link>/end/", link_views.log_link_end, name="vm_log_link_end"),
    path(f"{INSTANCE}boot-diagnostics/", page.boot_diagnostics, name="instance_boot_diagnostics"),
    path(f"{INSTANCE}log/", log_views.log, name="instance_log"),
    path(f"{INSTANCE}log/search/", log_views.log_search, name="instance_log_search"),
    path(f"{INSTANCE}log/download/", download_views.log_download, name="instance_log_download"),
    path(f"{INSTANCE}log/links/", link_views.log_links, name="instance_log_links"),
    path(f"{INSTANCE}log/links/<uuid:link>/end/", link_views.log_link_end, name="instance_log_link_end"),
    path("log/<str:token>/", link_views.log_link, name="log_link"),
]
