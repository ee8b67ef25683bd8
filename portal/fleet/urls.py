from django.urls import path

from portal.fleet.views import (
    access,
    access_changes,
    activity,
    alerts,
    dashboard,
    machine,
    networks,
    operations,
    resource_groups,
    scale_sets,
    screens,
    search,
    storage,
    subscription_switch,
    subscriptions,
    vm_page,
    vms,
)

VM = "vms/<uuid:sub>/<str:group>/<str:name>/"
INSTANCE = "scale-sets/<uuid:sub>/<str:group>/<str:name>/<int:instance>/"

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("search/", search.search, name="search"),
    path("vms/", vms.vm_list, name="vm_list"),
    path("vms/states/", vms.vm_states, name="vm_states"),
    path(VM, vm_page.vm, name="vm"),
    path(f"{VM}people/", vm_page.people, name="vm_people"),
    path(f"{VM}health/", vm_page.health, name="vm_health"),
    path(f"{VM}boot-diagnostics/", screens.boot_diagnostics, name="vm_boot_diagnostics"),
    path(f"{VM}screenshot/", screens.screenshot, name="vm_screenshot"),
    path(f"{VM}machine/", machine.machine, name="vm_machine"),
    path(f"{VM}act/<str:kind>/", machine.act, name="vm_act"),
    path(f"{VM}operations/<uuid:operation>/call-off/", operations.call_off, name="vm_call_off"),
    path(INSTANCE, vm_page.vm, name="instance"),
    path(f"{INSTANCE}machine/", machine.machine, name="instance_machine"),
    path(f"{INSTANCE}act/<str:kind>/", machine.act, name="instance_act"),
    path(f"{INSTANCE}people/", vm_page.people, name="instance_people"),
    path(f"{INSTANCE}health/", vm_page.health, name="instance_health"),
    path(f"{INSTANCE}boot-diagnostics/", screens.boot_diagnostics, name="instance_boot_diagnostics"),
    path(f"{INSTANCE}screenshot/", screens.screenshot, name="instance_screenshot"),
    path(f"{INSTANCE}operations/<uuid:operation>/call-off/", operations.call_off, name="instance_call_off"),
    path("operations/", operations.operations, name="operations"),
    path("operations/bell/", operations.bell, name="operations_bell"),
    path("access/add/<path:scope>", access_changes.access_add, name="access_add"),
    path(
        "access/remove/<uuid:assignment_id>/<path:scope>", access_changes.access_remove, name="access_remove"
    ),
    path("access/check/<path:scope>", access.access_check, name="access_check"),
    path("access/principals/<path:scope>", access.access_principals, name="access_principals"),
    path("access/<path:scope>", access.access, name="access"),
    path("activity/<path:scope>", activity.activity, name="activity"),
    path("tenant/alerts/", alerts.alerts, name="alerts"),
    path("tenant/alerts/<uuid:target_id>/test/", alerts.alert_test, name="alert_test"),
    path("tenant/alerts/<uuid:target_id>/switch/", alerts.alert_switch, name="alert_switch"),
    path("tenant/alerts/<uuid:target_id>/secret/", alerts.alert_secret, name="alert_secret"),
    path("tenant/alerts/<uuid:target_id>/remove/", alerts.alert_remove, name="alert_remove"),
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
