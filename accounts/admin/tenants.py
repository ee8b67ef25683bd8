from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin.base import StaffAdmin, Tool, acting
from accounts.models import Group, Membership, ServicePrincipal, StaffGrant, Tenant
from accounts.services.tenants import change_tenant, create_tenant

COUNTED = {"people_count": Membership, "groups_count": Group, "programs_count": ServicePrincipal}


@admin.register(Tenant)
class TenantAdmin(StaffAdmin):
    list_display = ("name", "slug", "is_active", "people", "groups", "programs", "require_mfa", "created_at")
    list_filter = ("is_active", "require_mfa")
    search_fields = ("name", "slug")
    fields = ("name", "slug", "is_active", "people", "groups", "programs", "require_mfa", "created_at")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Tenant]":
        return (
            super()
            .get_queryset(request)
            .annotate(**{name: self._count(model) for name, model in COUNTED.items()})
        )

    def _count(self, model: Any) -> Subquery:
        mine = model.objects.filter(tenant=OuterRef("pk")).order_by().values("tenant")
        return Subquery(mine.annotate(n=Count("pk")).values("n"))

    def get_fields(self, request: HttpRequest, obj: Tenant | None = None) -> Any:
        return self.fields if obj else ("name", "slug")

    def get_readonly_fields(self, request: HttpRequest, obj: Tenant | None = None) -> Any:
        return tuple(name for name in self.fields if name != "name") if obj else ()

    @admin.display(description=gettext_lazy("people"))
    def people(self, tenant: Tenant) -> int:
        return tenant.people_count or 0  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("groups"))
    def groups(self, tenant: Tenant) -> int:
        return tenant.groups_count or 0  # type: ignore[attr-defined]

    @admin.display(description=gettext_lazy("service principals"))
    def programs(self, tenant: Tenant) -> int:
        return tenant.programs_count or 0  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: Tenant, form: Any, change: bool) -> None:
        if not change:
            obj.pk = create_tenant(by=acting(request), name=obj.name, slug=obj.slug).pk
        elif form.changed_data:
            stored = Tenant.objects.get(pk=obj.pk)
            change_tenant(by=acting(request), tenant=stored, name=obj.name)

    def tools(self, request: HttpRequest, obj: Tenant) -> list[Tool]:
        return [("deactivate", _("Deactivate")) if obj.is_active else ("activate", _("Activate"))]

    def acts(self) -> dict[str, Any]:
        return {"deactivate": self.deactivate, "activate": self.activate}

    def deactivate(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        tenant = get_object_or_404(Tenant, pk=object_id)
        people = Membership.objects.filter(tenant=tenant, is_active=True).count()
        programs = ServicePrincipal.objects.filter(tenant=tenant, is_active=True).count()
        grants = StaffGrant.objects.live().filter(tenant=tenant).count()
        effects = [
            ngettext(
                "%(count)d person loses all access to %(tenant)s at once.",
                "%(count)d people lose all access to %(tenant)s at once.",
                people,
            )
            % {"count": people, "tenant": tenant},
            ngettext(
                "%(count)d service principal loses its access too.",
                "%(count)d service principals lose their access too.",
                programs,
            )
            % {"count": programs},
            _("Staff grants that open it now: %(count)d. They stop opening it.") % {"count": grants},
            _("Nothing is deleted; activating it again gives everything back."),
        ]
        return self.confirm(
            request,
            tenant,
            title=_("Deactivate %(tenant)s?") % {"tenant": tenant},
            effects=effects,
            button=_("Deactivate"),
            act=lambda data: self._set_active(request, tenant, False),
        )

    def activate(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        tenant = get_object_or_404(Tenant, pk=object_id)
        return self.confirm(
            request,
            tenant,
            title=_("Activate %(tenant)s?") % {"tenant": tenant},
            effects=[_("Its people and service principals get back what they had.")],
            button=_("Activate"),
            act=lambda data: self._set_active(request, tenant, True),
        )

    def _set_active(self, request: HttpRequest, tenant: Tenant, active: bool) -> str:
        change_tenant(by=acting(request), tenant=tenant, is_active=active)
        return (
            _("%(tenant)s is active.") % {"tenant": tenant}
            if active
            else _("%(tenant)s is deactivated.") % {"tenant": tenant}
        )
