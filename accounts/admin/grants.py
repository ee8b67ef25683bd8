from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.base import PlainModelForm, StaffAdmin, Tool, acting
from accounts.models import StaffGrant, User
from accounts.services.staff import check_grant, open_grant
from accounts.services.tenants import GRANT_HOURS, end_staff_grant


class GrantForm(PlainModelForm):
    class Meta:
        model = StaffGrant
        fields = ("staff", "tenant", "role", "reason")
        widgets = {"reason": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})}
        help_texts = {"reason": gettext_lazy("At least ten characters; the tenant reads it.")}

    hours = forms.IntegerField(
        label=gettext_lazy("Hours"),
        initial=1,
        min_value=1,
        max_value=GRANT_HOURS,
        help_text=gettext_lazy("At most 8."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = self.fields.get("staff")
        if isinstance(staff, forms.ModelChoiceField):
            staff.queryset = User.objects.filter(is_staff=True, is_active=True)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            check_grant(**{name: data[name] for name in ("staff", "tenant", "role", "reason", "hours")})
        return data


@admin.register(StaffGrant)
class StaffGrantAdmin(StaffAdmin):
    form = GrantForm
    list_display = (
        "staff",
        "tenant",
        "role",
        "reason",
        "starts_at",
        "until",
        "ended_at",
        "open_now",
        "granted_by_name",
    )
    list_filter = ("tenant", "ended_at")
    list_select_related = ("staff", "tenant", "role")
    fields = (
        "staff",
        "tenant",
        "role",
        "reason",
        "starts_at",
        "until",
        "ended_at",
        "open_now",
        "granted_by_name",
    )

    def has_change_permission(self, request: HttpRequest, obj: StaffGrant | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: StaffGrant | None = None) -> Any:
        return self.fields if obj else ("staff", "tenant", "role", "reason", "hours")

    def get_readonly_fields(self, request: HttpRequest, obj: StaffGrant | None = None) -> Any:
        return self.fields if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"staff": request.user.pk, "hours": 1}

    def get_queryset(self, request: HttpRequest) -> "QuerySet[StaffGrant]":
        return super().get_queryset(request).select_related("staff", "tenant", "role")

    @admin.display(description=gettext_lazy("open now"), boolean=True)
    def open_now(self, grant: StaffGrant) -> bool:
        return grant.is_live

    def save_model(self, request: HttpRequest, obj: StaffGrant, form: Any, change: bool) -> None:
        data = form.cleaned_data
        made = open_grant(
            by=acting(request),
            staff=data["staff"],
            tenant=data["tenant"],
            role=data["role"],
            reason=data["reason"],
            hours=data["hours"],
        )
        obj.pk = made.pk

    def tools(self, request: HttpRequest, obj: StaffGrant) -> list[Tool]:
        return [("end", _("End now"))] if obj.is_live else []

    def acts(self) -> dict[str, Any]:
        return {"end": self.end}

    def end(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        grant = get_object_or_404(StaffGrant.objects.select_related("staff", "tenant"), pk=object_id)
        return self.confirm(
            request,
            grant,
            title=_("End this grant?"),
            effects=[
                _("%(staff)s loses access to %(tenant)s at once, and whatever is open there ends.")
                % {"staff": grant.staff, "tenant": grant.tenant}
            ],
            button=_("End now"),
            act=lambda data: self._end(request, grant),
        )

    def _end(self, request: HttpRequest, grant: StaffGrant) -> str:
        end_staff_grant(by=acting(request), grant=grant)
        return _("The grant has ended.")
