"""The audit log of all chains, to read. Newest first by primary key, counted to a bound: ten million entries stay usable."""

from datetime import datetime, time
from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts import audit_selectors
from accounts.admin.base import ReadOnlyAdmin
from accounts.models import AuditEntry, Tenant

MOST_COUNTED = 10_000
PLATFORM = "-"


class BoundedPaginator(Paginator):
    """Counts no further than anybody would page."""

    @cached_property
    def count(self) -> int:
        return cast("QuerySet[AuditEntry]", self.object_list)[:MOST_COUNTED].count()


class TextFilter(admin.SimpleListFilter):
    """A field to type into, where Django would list every value there is."""

    template = "admin/homeport_text_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("", "")]

    def choices(self, changelist: Any) -> Any:
        others = changelist.get_filters_params()
        yield {
            "query_parts": [
                (name, value)
                for name, values in others.items()
                if name != self.parameter_name
                for value in values
            ]
        }

    def queryset(self, request: HttpRequest, queryset: "QuerySet[AuditEntry]") -> "QuerySet[AuditEntry]":
        typed = (self.value() or "").strip()
        return self.narrowed(queryset, typed) if typed else queryset

    def narrowed(self, entries: "QuerySet[AuditEntry]", typed: str) -> "QuerySet[AuditEntry]":
        raise NotImplementedError


class PersonFilter(TextFilter):
    title, parameter_name = _("who"), "who"

    def narrowed(self, entries: "QuerySet[AuditEntry]", typed: str) -> "QuerySet[AuditEntry]":
        return entries.filter(audit_selectors.by_whom(typed))


class ActionFilter(TextFilter):
    title, parameter_name = _("action"), "action_has"

    def narrowed(self, entries: "QuerySet[AuditEntry]", typed: str) -> "QuerySet[AuditEntry]":
        return entries.filter(action__icontains=typed)


class RequestFilter(TextFilter):
    title, parameter_name = _("request"), "request"

    def narrowed(self, entries: "QuerySet[AuditEntry]", typed: str) -> "QuerySet[AuditEntry]":
        return entries.filter(request_id=typed)


class SinceFilter(TextFilter):
    title, parameter_name = _("since (2026-01-31 or 2026-01-31 18:00, UTC)"), "since"

    def narrowed(self, entries: "QuerySet[AuditEntry]", typed: str) -> "QuerySet[AuditEntry]":
        moment = moment_of(typed)
        return entries.filter(at__gte=moment) if moment else entries.none()


class UntilFilter(TextFilter):
    title, parameter_name = _("until"), "until"

    def narrowed(self, entries: "QuerySet[AuditEntry]", typed: str) -> "QuerySet[AuditEntry]":
        moment = moment_of(typed)
        return entries.filter(at__lt=moment) if moment else entries.none()


class TenantFilter(admin.SimpleListFilter):
    title, parameter_name = _("tenant"), "tenant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(PLATFORM, _("none: the platform itself")), *Tenant.objects.values_list("slug", "name")]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[AuditEntry]") -> "QuerySet[AuditEntry]":
        if self.value() == PLATFORM:
            return queryset.filter(chain__tenant=None)
        return queryset.filter(chain__tenant__slug=self.value()) if self.value() else queryset


def moment_of(typed: str) -> datetime | None:
    try:
        moment = parse_datetime(typed)
        day = parse_date(typed) if moment is None else None
    except ValueError:
        return None
    if day is not None:
        moment = datetime.combine(day, time())
    if moment is not None and timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    return moment


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = (
        "when",
        "tenant",
        "principal_name",
        "action",
        "scope",
        "outcome",
        "error_code",
        "address",
        "request_id",
    )
    list_filter = (
        PersonFilter,
        ActionFilter,
        RequestFilter,
        SinceFilter,
        UntilFilter,
        "outcome",
        TenantFilter,
    )
    list_select_related = ("chain__tenant",)
    ordering = ("-id",)
    sortable_by = ()
    paginator = BoundedPaginator
    fields = (
        "tenant",
        "seq",
        "when",
        "principal_kind",
        "principal_id",
        "principal_name",
        "on_behalf_of",
        "action",
        "scope",
        "outcome",
        "error_code",
        "address",
        "request_id",
        "details",
        "previous_hash",
        "hash",
    )

    @admin.display(description=_("time (UTC)"))
    def when(self, entry: AuditEntry) -> str:
        return f"{entry.at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description=_("tenant"))
    def tenant(self, entry: AuditEntry) -> str:
        return str(entry.chain)
