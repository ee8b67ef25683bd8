"""The console switch of a subscription, for platform staff: what it does to whom is said before, a reason is needed."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import principals
from accounts.admin.base import ReasonForm, StaffAdmin, Tool, acting
from consoles.sessions import of_subscription
from portal.fleet import selectors
from portal.fleet.models import Subscription
from portal.fleet.services.switches import switch_console


@admin.register(Subscription)
class SubscriptionAdmin(StaffAdmin):
    list_display = (
        "name",
        "tenant",
        "console_enabled",
        "console_changed_at",
        "console_changed_by",
        "console_reason",
    )
    list_filter = ("console_enabled", "tenant")
    list_select_related = ("tenant",)
    search_fields = ("name", "id")
    fields = (
        "id",
        "name",
        "tenant",
        "console_enabled",
        "console_changed_at",
        "console_changed_by",
        "console_reason",
        "created_at",
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Subscription | None = None) -> bool:
        return False

    def tools(self, request: HttpRequest, obj: Subscription) -> list[Tool]:
        return [
            ("console-off", _("Turn consoles off"))
            if obj.console_enabled
            else ("console-on", _("Turn consoles on"))
        ]

    def acts(self) -> dict[str, Any]:
        return {"console-off": self.console_off, "console-on": self.console_on}

    def console_off(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        subscription = get_object_or_404(Subscription.objects.select_related("tenant"), pk=object_id)
        return self.confirm(
            request,
            subscription,
            title=_("Turn off the consoles of %(subscription)s?") % {"subscription": subscription},
            effects=effects_of_off(subscription),
            button=_("Turn consoles off"),
            act=lambda data: self._switch(request, subscription, False, data["reason"]),
            form_class=ReasonForm,
        )

    def console_on(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        subscription = get_object_or_404(Subscription.objects.select_related("tenant"), pk=object_id)
        return self.confirm(
            request,
            subscription,
            title=_("Turn on the consoles of %(subscription)s?") % {"subscription": subscription},
            effects=[
                _("Whoever has the right can open consoles again: %(vms)s.")
                % {"vms": machines_of(subscription)}
            ],
            button=_("Turn consoles on"),
            act=lambda data: self._switch(request, subscription, True, data["reason"]),
            form_class=ReasonForm,
        )

    def _switch(self, request: HttpRequest, subscription: Subscription, enabled: bool, reason: str) -> str:
        switch_console(by=acting(request), subscription=subscription, enabled=enabled, reason=reason)
        message = (
            _("Consoles of %(subscription)s are on.")
            if enabled
            else _("Consoles of %(subscription)s are off.")
        )
        return message % {"subscription": subscription}


def effects_of_off(subscription: Subscription) -> list[str]:
    """What turning it off does, told before it is done."""
    return [
        _("Nobody can open a console in %(subscription)s of %(tenant)s: %(vms)s.")
        % {"subscription": subscription, "tenant": subscription.tenant, "vms": machines_of(subscription)},
        live_sessions(subscription),
        _("The machines themselves keep running."),
    ]


def machines_of(subscription: Subscription) -> str:
    count = selectors.vms(principals.system("admin site")).filter(subscription=subscription).count()
    return ngettext("%(count)d virtual machine", "%(count)d virtual machines", count) % {"count": count}


def live_sessions(subscription: Subscription) -> str:
    count = of_subscription(subscription).count()
    if not count:
        return _("Nobody is attached there just now.")
    return ngettext(
        "%(count)d live session there ends at once.", "%(count)d live sessions there end at once.", count
    ) % {"count": count}
