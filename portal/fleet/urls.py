from django.urls import path

from portal.fleet.views import (
    access,
    access_changes,
    activity,
    dashboard,
    networks,
    resource_groups,
    scale_sets,
    search,
    storage,
    subscription_switch,
    subscriptions,
    vms,
)

VM = "vms/<uuid:sub>/<str:group>/<str:name>/"
INSTANCE = "scale-sets/<uuid:sub>/<str:group>/<str:name>/<int:instance>/"

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("search/", search.search, name="search"),
    path("vms/", vms.vm_list, name="vm_list"),
    path("vms/states/", vms.vm_states, name="vm_states"),
    path(VM, vms.vm, name="vm"),
    path(f"{VM}boot-diagnostics/", vms.boot_diagnostics, name="vm_boot_diagnostics"),
    path(INSTANCE, vms.vm, name="instance"),
    path(f"{INSTANCE}boot-diagnostics/", vms.boot_diagnostics, name="instance_boot_diagnostics"),
    path("access/add/<path:scope>", access_changes.access_add, name="access_add"),
    path(
        "access/remove/<uuid:assignment_id>/<path:scope>", access_changes.access_remove, name="access_remove"
    ),
    path("access/check/<path:scope>", access.access_check, name="access_check"),
    path("access/principals/<path:scope>", access.access_principals, name="access_principals"),
    path("access/<path:scope>", access.access, name="access"),
    path("activity/<path:scope>", activity.activity, name="activity"),
    path("subs/", subscriptions.subscription_list, name="subscription_list"),
    path("subs/<uuid:subscription_id>/", subscriptions.subscription, name="subscription"),
    path(
        "subs/<uuid:subscription_id>/rename/", subscriptions.subscription_rename, name="subscription_rename"
    ),
    path(
        "subs/<uuid:subscription_id>/addresses/",
        subscriptions.subscription_addresses,
        name="subscription_addresses",
    ),
    path(
        "subs/<uuid:subscription_id>/console-times/",
        subscriptions.subscription_console_times,
        name="subscription_console_times",
    ),
    path(
        "subs/<uuid:subscription_id>/console-switch/",
        subscription_switch.console_switch,
        name="console_switch",
    ),
    path(
        "resource-groups/<uuid:subscription_id>/<str:name>/",
        resource_groups.resource_group,
        name="resource_group",
    ),
    path("scale-sets/", scale_sets.scale_set_list, name="scale_set_list"),
    path("scale-sets/<uuid:subscription_id>/<str:group>/<str:name>/", scale_sets.scale_set, name="scale_set"),
    path("storage/", storage.storage_list, name="storage_list"),
    path("storage/<uuid:subscription_id>/<str:group>/<str:name>/", storage.storage, name="storage"),
    path("networks/", networks.network_list, name="network_list"),
    path("networks/<uuid:subscription_id>/<str:group>/<str:name>/", networks.network, name="network"),
]
