"""What people fill in about virtual machines: the filters over the list."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.fleet.models import Subscription
from portal.fleet.models.vms import OsKind, PowerState

POWER_CHOICES = [
    ("", _("Any")),
    *PowerState.choices,
    ("off", _("Stopped, deallocated or not")),
    ("changing", _("Starting or stopping")),
    ("trouble", _("In trouble")),
]


class VmFilter(forms.Form):
    """Its fields' names are the words of the address bar."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    subscription = forms.ChoiceField(label=_("Subscription"), required=False)
    group = forms.CharField(label=_("Resource group"), required=False, max_length=90)
    power = forms.ChoiceField(label=_("State"), required=False, choices=POWER_CHOICES)
    os = forms.ChoiceField(label=_("System"), required=False, choices=[("", _("Any")), *OsKind.choices])
    host = forms.CharField(label=_("Host"), required=False, max_length=100)

    def __init__(self, data: Any, subscriptions: Iterable[Subscription]) -> None:
        super().__init__(data)
        self.label_suffix = ""
        subscription = self.fields["subscription"]
        assert isinstance(subscription, forms.ChoiceField)  # noqa: S101 - for the type checker
        subscription.choices = [("", _("All")), *((str(one.id), one.name) for one in subscriptions)]
        self.fields["q"].widget = forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": _("Name, system, address, group"),
                "autocomplete": "off",
            }
        )

    @property
    def is_set(self) -> bool:
        return any(self.data.get(name) for name in self.fields)
