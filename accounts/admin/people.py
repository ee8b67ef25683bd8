from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import mfa
from accounts.admin.base import PlainModelForm, StaffAdmin, Tool, acting
from accounts.models import ApiToken, SignIn, StaffGrant, User
from accounts.services.lost_factors import check_removal_by_staff, remove_factors_as_staff
from accounts.services.password_reset import HOURS
from accounts.services.people import create_user
from accounts.services.platform_people import (
    check_reset_by_staff,
    make_reset_link_as_staff,
    set_active_as_staff,
)
from accounts.services.staff import set_staff


class NewUserForm(PlainModelForm):
    class Meta:
        model = User
        fields = ("username", "display_name", "email", "is_staff")

    display_name = forms.CharField(label=gettext_lazy("Display name"), max_length=150, required=False)

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()


@admin.register(User)
class UserAdmin(StaffAdmin):
    form = NewUserForm
    list_display = ("username", "display_name", "email", "is_active", "is_staff", "created_at")
    list_filter = ("is_active", "is_staff")
    search_fields = ("username", "display_name", "email")
    ordering = ("username",)
    fields = (
        "username",
        "display_name",
        "email",
        "is_active",
        "is_staff",
        "tenants",
        "second_factor",
        "last_seen",
        "created_at",
    )

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.fields if obj else NewUserForm.Meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.fields if obj else ()

    @admin.display(description=gettext_lazy("tenants"))
    def tenants(self, user: User) -> str:
        names = user.memberships.filter(is_active=True).values_list("tenant__name", flat=True)
        return ", ".join(names) or _("none")

    @admin.display(description=gettext_lazy("second factor"), boolean=True)
    def second_factor(self, user: User) -> bool:
        return mfa.has_factor(user)

    @admin.display(description=gettext_lazy("last seen"))
    def last_seen(self, user: User) -> Any:
        newest = SignIn.objects.filter(user=user).order_by("-last_seen_at").first()
        return newest.last_seen_at if newest else None

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.pk = create_user(
            by=acting(request),
            username=obj.username,
            password=None,
            display_name=obj.display_name,
            email=obj.email,
            is_staff=obj.is_staff,
        ).pk

    def tools(self, request: HttpRequest, obj: User) -> list[Tool]:
        offered: list[Tool] = []
        if not check_reset_by_staff(obj):
            offered.append(("password-link", _("New password link")))
        if mfa.has_factor(obj) and not check_removal_by_staff(obj):
            offered.append(("remove-factors", _("Remove second factors")))
        offered.append(("end-staff", _("End as staff")) if obj.is_staff else ("make-staff", _("Make staff")))
        offered.append(("disable", _("Disable")) if obj.is_active else ("enable", _("Enable")))
        return offered

    def acts(self) -> dict[str, Any]:
        return {
            "disable": self.disable,
            "enable": self.enable,
            "make-staff": self.make_staff,
            "end-staff": self.end_staff,
            "password-link": self.password_link,
            "remove-factors": self.remove_factors,
        }

    def disable(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        user = get_object_or_404(User, pk=object_id)
        sign_ins = SignIn.objects.filter(user=user, ended_at=None).count()
        tokens = ApiToken.objects.live().filter(user=user).count()
        return self._ask(
            request,
            user,
            _("Disable %(user)s?"),
            [
                _("Open sign-ins that end at once: %(count)d.") % {"count": sign_ins},
                _("API tokens that end at once, for good: %(count)d.") % {"count": tokens},
                _("This holds in every tenant: %(tenants)s.") % {"tenants": self.tenants(user)},
            ],
            _("Disable"),
            lambda: set_active_as_staff(by=acting(request), user=user, active=False),
            _("%(user)s is disabled."),
        )

    def enable(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        user = get_object_or_404(User, pk=object_id)
        return self._ask(
            request,
            user,
            _("Enable %(user)s?"),
            [_("The person can sign in again. Sign-ins and tokens that were ended stay ended.")],
            _("Enable"),
            lambda: set_active_as_staff(by=acting(request), user=user, active=True),
            _("%(user)s is enabled."),
        )

    def make_staff(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        user = get_object_or_404(User, pk=object_id)
        return self._ask(
            request,
            user,
            _("Make %(user)s staff?"),
            [
                _(
                    "The person can do everything on this site, and give themselves time-boxed grants into any tenant."
                )
            ],
            _("Make staff"),
            lambda: set_staff(by=acting(request), user=user, staff=True),
            _("%(user)s is staff."),
        )

    def end_staff(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        user = get_object_or_404(User, pk=object_id)
        grants = StaffGrant.objects.live().filter(staff=user).count()
        return self._ask(
            request,
            user,
            _("End %(user)s as staff?"),
            [
                _("Staff grants that end: %(count)d.") % {"count": grants},
                _("The person is signed out everywhere and keeps what they have as a member of tenants."),
            ],
            _("End as staff"),
            lambda: set_staff(by=acting(request), user=user, staff=False),
            _("%(user)s is no longer staff."),
        )

    def remove_factors(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        user = get_object_or_404(User, pk=object_id)
        return self._ask(
            request,
            user,
            _("Remove the second factors of %(user)s?"),
            [
                _("Their authenticator app, passkeys and recovery codes count no longer."),
                _(
                    "Every sign-in they have open ends; the password alone opens the account until they add another."
                ),
                _("Make sure first that it is really them who ask."),
            ],
            _("Remove second factors"),
            lambda: remove_factors_as_staff(by=acting(request), user=user),
            _("The second factors of %(user)s are removed."),
        )

    def _ask(
        self,
        request: HttpRequest,
        user: User,
        title: str,
        effects: list[str],
        button: str,
        act: Any,
        done: str,
    ) -> HttpResponse:
        def acted(data: dict[str, Any]) -> str:
            act()
            return done % {"user": user}

        return self.confirm(
            request, user, title=title % {"user": user}, effects=effects, button=button, act=acted
        )

    def password_link(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        user = get_object_or_404(User, pk=object_id)
        return self.confirm(
            request,
            user,
            title=_("New password link for %(user)s?") % {"user": user},
            effects=[
                _(
                    "You get a link to pass on. Whoever opens it first sets the password; it works once, for %(hours)d hours."
                )
                % {"hours": HOURS},
                _("Nothing changes until it is used."),
            ],
            button=_("Make the link"),
            act=lambda data: self._show_link(request, user),
        )

    def _show_link(self, request: HttpRequest, user: User) -> HttpResponse:
        token = make_reset_link_as_staff(by=acting(request), user=user)
        link = request.build_absolute_uri(reverse("password_reset", args=[token]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("New password link for %(user)s") % {"user": user},
            "link": link,
            "opts": self.opts,
            "original": user,
            "back": reverse(f"admin:{self.url_name('change')}", args=[user.pk]),
        }
        return TemplateResponse(request, "admin/homeport_link.html", context)
