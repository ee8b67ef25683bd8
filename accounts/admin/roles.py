from django.contrib import admin

from accounts.admin.base import ReadOnlyAdmin
from accounts.models import RoleDefinition


@admin.register(RoleDefinition)
class RoleDefinitionAdmin(ReadOnlyAdmin):
    list_display = ("name", "tenant", "description")
    list_filter = ("tenant",)
    list_select_related = ("tenant",)
    search_fields = ("name",)
    fields = ("name", "tenant", "description", "actions", "not_actions", "data_actions", "not_data_actions")
