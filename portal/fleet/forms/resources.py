"""Forms of subscriptions and storage accounts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from portal.fleet.addresses import parse_rules
from portal.fleet.models import StorageAccount, Subscription

LINES = {"rows": 4, "spellcheck": "false", "autocapitalize": "off", "class": "mono"}


class Addresses(forms.CharField):
    """Addresses and networks, one per line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs=LINES), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return parse_rules(str(super().clean(value)))


class RenameForm(forms.ModelForm):
    class Meta:
        model = Subscription
        fields = ["name"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        taken = Subscription.objects.filter(tenant_id=self.instance.tenant_id, name=name).exclude(
            id=self.instance.id
        )
        if taken.exists():
            raise ValidationError(_("There is a subscription of this name already."))
        return name


class AddressRulesForm(forms.Form):
    rules = Addresses(
        label=_later("Allowed addresses"),
        help_text=_later("One address or network per line, as in 203.0.113.0/24. Empty: from everywhere."),
    )


class ConsoleTimesForm(forms.ModelForm):
    class Meta:
        model = Subscription
        fields = ["console_idle_minutes", "console_longest_minutes"]
        help_texts = {
            "console_idle_minutes": _later(
                "Whoever may type and does not, for so long, is detached. Watchers are not. 0: never."
            ),
            "console_longest_minutes": _later(
                "After so long everybody is detached, and may connect again. 0: never."
            ),
        }


class SwitchForm(forms.Form):
    """Turning off needs a reason: those who are cut off read it."""

    reason = forms.CharField(
        label=_later("Reason"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, turning_on: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = not turning_on
        self.fields["reason"].help_text = (
            _("Kept in the activity log.")
            if turning_on
            else _("Shown to everybody whose console ends, and kept in the activity log.")
        )


class NetworkRulesForm(forms.ModelForm):
    allowed_addresses = Addresses(
        label=_later("Allowed addresses"),
        help_text=_later("One address or network per line. They count where access is denied by default."),
    )

    class Meta:
        model = StorageAccount
        fields = ["default_action", "allowed_addresses"]
