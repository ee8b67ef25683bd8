"""How somebody narrows the list of sessions down. In: the address's query. Out: filters; what was not understood is told, and finds nothing."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consoles.diagnostics.forms import OFFSET
from portal.fleet.models import Subscription

LIVE: list[tuple[str, str | Promise]] = [
    ("", gettext_lazy("all")),
    ("1", gettext_lazy("live")),
    ("0", gettext_lazy("ended")),
]


class OutputAsked(forms.Form):
    """`start` is an offset, `ms` a time; without either, from where the session began."""

    start = forms.IntegerField(**OFFSET)
    ms = forms.IntegerField(**OFFSET)


class SessionFilter(forms.Form):
    """Its fields' names are the words of the address bar."""

    who = forms.CharField(
        label=gettext_lazy("Person"),
        required=False,
        max_length=150,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "placeholder": gettext_lazy("Name or address"),
                "autocomplete": "off",
            }
        ),
    )
    vm = forms.CharField(
        label=gettext_lazy("Virtual machine"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    subscription = forms.ChoiceField(label=gettext_lazy("Subscription"), required=False)
    live = forms.ChoiceField(label=gettext_lazy("Live"), required=False, choices=LIVE)
    since = forms.DateField(
        label=gettext_lazy("From day (UTC)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("To day (UTC)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: Any, subscriptions: Iterable[Subscription]) -> None:
        super().__init__(data, label_suffix="")
        subscription = self.fields["subscription"]
        assert isinstance(subscription, forms.ChoiceField)  # noqa: S101 - for the type checker
        subscription.choices = [
            ("", gettext_lazy("All")),
            *((str(one.id), one.name) for one in subscriptions),
        ]

    @property
    def is_set(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first one."))
        given["since"] = datetime.combine(since, time.min, tzinfo=UTC) if since else None
        given["until"] = datetime.combine(until, time.min, tzinfo=UTC) + timedelta(days=1) if until else None
        return given
