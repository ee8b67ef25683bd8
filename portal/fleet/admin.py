"""What the platform runs, to read: which machine is where and in what state. No way into its console."""

from django.contrib import admin

from accounts.admin.base import ReadOnlyAdmin
from portal.fleet.models import VirtualMachine


@admin.register(VirtualMachine)
class VirtualMachineAdmin(ReadOnlyAdmin):
    list_display = ("name", "tenant", "subscription", "host", "power_state", "provisioning_state")
    list_filter = ("power_state", "provisioning_state", "os", "tenant")
    list_select_related = ("tenant", "subscription")
    search_fields = ("name", "host")
    ordering = ("name", "id")
    fields = (
        "name",
        "tenant",
        "subscription",
        "resource_group",
        "os",
        "host",
        "power_state",
        "provisioning_state",
        "state_changed_at",
    )
