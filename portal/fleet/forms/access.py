"""Who, what and until when, as people choose it on the access pages. In: form data, a tenant, and whom the asker may choose."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import action_words, actions
from accounts.forms.roles import SHAPE, ExpiryMixin
from accounts.models import RoleDefinition, Tenant
from accounts.models.roles import PrincipalKind
from accounts.principal_search import EVERY_KIND, Match, chosen, search
from accounts.role_selectors import EXPIRED, IN_FORCE, granted_actions, roles_of

ACTORS = (PrincipalKind.USER, PrincipalKind.SERVICE_PRINCIPAL)


class PrincipalPicker(forms.Widget):
    """A search box over radio buttons: htmx fills them while somebody types, the Find button does without it."""

    template_name = "fleet/access_picker.html"
    matches: Sequence[Match] = ()
    words = ""
    find_url = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {"matches": self.matches, "words": self.words, "find_url": self.find_url}
        return context


class PrincipalField(forms.CharField):
    widget = PrincipalPicker
    tenant: Tenant
    among: set[UUID] | None = None
    already: Match | None = None

    def prepare(
        self,
        tenant: Tenant,
        *,
        words: str,
        value: str,
        scope: str,
        kinds: tuple[str, ...],
        among: set[UUID] | None,
    ) -> None:
        """Without words nothing is searched; whoever is chosen already stays on offer."""
        self.tenant, self.among = tenant, among
        picker = self.widget
        assert isinstance(picker, PrincipalPicker)  # noqa: S101 - says so two lines above
        matches = search(tenant, words, kinds=kinds, among=among) if words else []
        already = chosen(tenant, value) if value else None
        if already is not None and among is not None and already.id not in among:
            already = None
        self.already = already
        if already is not None and already.value not in {match.value for match in matches}:
            matches = [already, *matches]
        picker.matches, picker.words = matches, words
        people_only = "" if kinds == EVERY_KIND else "&actors=1"
        picker.find_url = f"{reverse('access_principals', args=[scope.lstrip('/')])}?field=1{people_only}"

    def clean(self, value: Any) -> Match:
        if not value:
            raise ValidationError(
                _("Choose who it is for: type a part of the name, then pick from the list.")
            )
        found = (
            self.already if self.already and self.already.value == value else chosen(self.tenant, str(value))
        )
        if found is None or (self.among is not None and found.id not in self.among):
            raise ValidationError(_("There is no such person, group or service principal in this tenant."))
        return found


def _prepare_who(
    form: forms.Form, tenant: Tenant, *, scope: str, kinds: tuple[str, ...], among: set[UUID] | None
) -> None:
    """`find` is what was typed to search by, `who` what was picked; both of a form that was sent or led to."""
    data, who = form.data or form.initial, form.fields["who"]
    assert isinstance(who, PrincipalField)  # noqa: S101 - declared so in both forms
    words, value = str(data.get("find", "")), str(data.get("who", ""))
    who.prepare(tenant, words=words, value=value, scope=scope, kinds=kinds, among=among)


class RoleChoices(forms.RadioSelect):
    """Every role with its meaning, and what it grants behind a disclosure."""

    template_name = "fleet/access_roles.html"
    roles: Sequence[RoleDefinition] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["roles"] = [
            {
                "role": role,
                "chosen": str(role.id) == str(value),
                "granted": [actions.MEANINGS[one] for one in granted_actions(role)],
            }
            for role in self.roles
        ]
        return context


class AddForm(ExpiryMixin):
    who = PrincipalField(label=gettext_lazy("Who"))
    role = forms.ModelChoiceField(
        label=gettext_lazy("Role"),
        queryset=RoleDefinition.objects.none(),
        widget=RoleChoices,
        error_messages={
            "required": gettext_lazy("Choose a role."),
            "invalid_choice": gettext_lazy("There is no such role in this tenant."),
        },
    )
    field_order = ("who", "role", "expiry", "until")

    def __init__(
        self, *args: Any, tenant: Tenant, scope: str, among: set[UUID] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _prepare_who(self, tenant, scope=scope, kinds=EVERY_KIND, among=among)
        role = self.fields["role"]
        assert isinstance(role, forms.ModelChoiceField) and isinstance(role.widget, RoleChoices)  # noqa: S101, PT018
        role.queryset = roles_of(tenant).order_by("tenant", "name")
        role.widget.roles = list(role.queryset)


class CheckForm(forms.Form):
    """By GET, so that an explanation has an address that can be sent to somebody."""

    who = PrincipalField(label=gettext_lazy("Who"))
    action = forms.ChoiceField(label=gettext_lazy("May they"), choices=action_words.by_family, required=False)
    other = forms.CharField(
        label=gettext_lazy("Or another action"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off", "class": "mono"}),
        help_text=gettext_lazy("For example Microsoft.Compute/virtualMachines/restart/action."),
    )
    address = forms.GenericIPAddressField(
        label=gettext_lazy("From address"),
        required=False,
        error_messages={"invalid": gettext_lazy("Write an address such as 203.0.113.7 or 2001:db8::7.")},
    )

    def __init__(
        self, *args: Any, tenant: Tenant, scope: str, among: set[UUID] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _prepare_who(self, tenant, scope=scope, kinds=ACTORS, among=among)

    def clean_other(self) -> str:
        other: str = self.cleaned_data["other"].strip()
        if other and ("*" in other or not SHAPE.match(other)):
            raise ValidationError(
                _("An action looks like Microsoft.Compute/virtualMachines/read, without spaces or *.")
            )
        return other

    def wanted_action(self) -> str:
        return str(self.cleaned_data["other"] or self.cleaned_data["action"] or actions.CONNECT)


class FilterForm(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": gettext_lazy("Name, role or group member")}
        ),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("everybody")), *PrincipalKind.choices],
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("in force")),
            (EXPIRED, gettext_lazy("expired")),
            ("all", gettext_lazy("all")),
        ],
    )

    def values(self) -> dict[str, str]:
        """What was understood; a value that was not filters nothing."""
        self.full_clean()
        cleaned = getattr(self, "cleaned_data", {})
        return {
            "words": cleaned.get("q", ""),
            "kind": cleaned.get("kind", ""),
            "state": cleaned.get("state") or IN_FORCE,
        }
