from django.urls import include, path

from consoles import views
from consoles.metrics.views import metrics
from consoles.wall.views import wall

VM = "vms/<uuid:sub>/<str:group>/<str:name>/console/"
INSTANCE = "scale-sets/<uuid:sub>/<str:group>/<str:name>/<int:instance>/console/"

urlpatterns = [
    path("", include("consoles.diagnostics.urls")),
    path("", include("consoles.retention.urls")),
    path("metrics", metrics, name="metrics"),
    path("consoles/", wall, name="wall"),
    path(VM, views.console, name="console"),
    path(INSTANCE, views.console, name="instance_console"),
    path(f"{VM}window/", views.window, name="console_window"),
    path(f"{INSTANCE}window/", views.window, name="instance_console_window"),
    path(f"{VM}state/", views.console_state, name="console_state"),
    path(f"{INSTANCE}state/", views.console_state, name="instance_console_state"),
]
