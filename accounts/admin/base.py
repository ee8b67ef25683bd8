"""What every page of the admin site shares: reads as Django gives them, each write behind a page that says what it will do.

In: a request of staff. Out: a call of a service, so that the act is audited; nothing here saves or deletes by itself.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin, ShowFacets
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from accounts.principals import Principal
from portal.config.commands import sentence_of

Tool = tuple[str, object]


class PlainForm(forms.Form):
    """Looks like the admin site: the portal's own form templates are for its own pages."""

    default_renderer = DjangoTemplates


class PlainModelForm(forms.ModelForm):
    default_renderer = DjangoTemplates


class ReasonForm(PlainForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text=_("Kept in the audit log, which the tenant reads."),
    )


class StaffAdmin(ModelAdmin):
    """Shows; never deletes, never in bulk. `tools` are the acts on one thing, each a page of its own."""

    form = PlainModelForm
    actions = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    change_form_template = "admin/homeport_change_form.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Choices are chosen from, not made on the way."""
        form = super().get_form(request, obj, change=change, **kwargs)
        for field in form.base_fields.values():
            if isinstance(field.widget, RelatedFieldWidgetWrapper):
                field.widget = field.widget.widget
        return form

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only what the page offers as a filter: Django takes any column from the address, a password's hash among them."""
        offered = {
            one if isinstance(one, str) else getattr(one, "parameter_name", "") for one in self.list_filter
        }
        return lookup.partition("__")[0] in offered and super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The audit log has it already, as the service wrote it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The audit log has it already, as the service wrote it."""

    def tools(self, request: HttpRequest, obj: Any) -> list[Tool]:
        return []

    def acts(self) -> dict[str, Callable[..., HttpResponse]]:
        """URL suffix → view(request, object_id)."""
        return {}

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(f"<uuid:object_id>/{suffix}/", self.admin_site.admin_view(view), name=self.url_name(suffix))
            for suffix, view in self.acts().items()
        ]
        return own + super().get_urls()

    def url_name(self, suffix: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{suffix}"

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj") or context.get("original")
        offered = self.tools(request, obj) if obj is not None else []
        context["tools"] = [
            (reverse(f"admin:{self.url_name(suffix)}", args=[obj.pk]), label) for suffix, label in offered
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def confirm(
        self,
        request: HttpRequest,
        obj: Any,
        *,
        title: str,
        effects: Sequence[str],
        button: str,
        act: Callable[[dict[str, Any]], str | HttpResponse],
        form_class: type[forms.Form] = PlainForm,
    ) -> HttpResponse:
        """Says before what will happen to whom, does it on POST, and says what happened after."""
        form = form_class(request.POST if request.method == "POST" else None)
        back = reverse(f"admin:{self.url_name('change')}", args=[obj.pk])
        if form.is_valid():
            try:
                done = act(form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, sentence_of(error))
            else:
                if isinstance(done, HttpResponse):
                    return done
                messages.success(request, done)
                return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "effects": effects,
            "button": button,
            "form": form,
            "opts": self.opts,
            "original": obj,
            "back": back,
        }
        return TemplateResponse(request, "admin/homeport_confirm.html", context)


class ReadOnlyAdmin(StaffAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def acting(request: HttpRequest) -> Principal:
    """The staff member as such, whatever tenant they look at in the portal."""
    principal: Principal = request.principal  # type: ignore[attr-defined]
    return principal.within(None)
