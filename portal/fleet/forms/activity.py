"""How somebody narrows the audit tab down. In: the address's query. Out: filters; what was not understood is told and filters nothing."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.action_words import FAMILIES
from accounts.audit_selectors import Filters
from accounts.models.audit import Outcome

SPANS = {
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}


def _families() -> list[tuple[str, str | Promise]]:
    return [("", gettext_lazy("everything")), *FAMILIES.items()]


class ActivityForm(forms.Form):
    who = forms.CharField(
        label=gettext_lazy("Person"),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": gettext_lazy("Name or id")}),
    )
    family = forms.ChoiceField(label=gettext_lazy("About"), required=False, choices=_families)
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), required=False, choices=[("", gettext_lazy("any")), *Outcome.choices]
    )
    span = forms.ChoiceField(
        label=gettext_lazy("When"),
        required=False,
        choices=[
            ("", gettext_lazy("any time")),
            ("1h", gettext_lazy("last hour")),
            ("1d", gettext_lazy("last 24 hours")),
            ("7d", gettext_lazy("last 7 days")),
            ("30d", gettext_lazy("last 30 days")),
        ],
    )
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

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first one."))
        return cleaned

    def filters(self) -> Filters:
        self.full_clean()
        cleaned = self.cleaned_data
        since, until, span = cleaned.get("since"), cleaned.get("until"), cleaned.get("span")
        first = _midnight(since) if since else (timezone.now() - SPANS[span] if span else None)
        return Filters(
            who=cleaned.get("who", "").strip(),
            family=cleaned.get("family", ""),
            outcome=cleaned.get("outcome", ""),
            since=first,
            until=datetime.combine(until, time.max, tzinfo=UTC) if until else None,
        )


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
