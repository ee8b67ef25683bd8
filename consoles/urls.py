from django.urls import path

from consoles import views

VM = "vms/<uuid:sub>/<str:group>/<str:name>/console/"
INSTANCE = "scale-sets/<uuid:sub>/<str:group>/<str:name>/<int:instance>/console/"

urlpatterns = [
    path(VM, views.console, name="console"),
    path(INSTANCE, views.console, name="instance_console"),
]
