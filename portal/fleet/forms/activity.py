"""How somebody narrows the audit page down. In: the address's query. Out: filters; where something was not understood, none, and the sentence at its field."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import validate_ipv46_address
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.action_words import FAMILIES
from accounts.audit_names import MOST, TooManyNames
from accounts.audit_selectors import Filters
from accounts.models import Tenant
from accounts.models.audit import Outcome
from accounts.principals import Principal
from portal.fleet.models import SavedView, Subscription
from portal.fleet.review.filters import called_exactly, is_nobody, machines, people
from portal.fleet.review.writing import CSV, JSONL

SPANS = {
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
A_DAY = len("2026-01-31")
FIRST = ("who", "machine", "family", "outcome", "span")
PEOPLE = "Homeport.Directory/"


def _families() -> list[tuple[str, str | Promise]]:
    return [("", gettext_lazy("everything")), *FAMILIES.items()]


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "any"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=widget)


def _text(label: Any, hint: Any, length: int) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": "search", "placeholder": hint})
    return forms.CharField(label=label, required=False, max_length=length, widget=widget)


class ActivityForm(forms.Form):
    who = _text(gettext_lazy("Person"), gettext_lazy("Name or sign-in"), 150)
    machine = _text(gettext_lazy("Virtual machine"), gettext_lazy("Name or scope"), 400)
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
    since = _moment(gettext_lazy("From (UTC)"))
    until = _moment(gettext_lazy("Until (UTC)"))
    subscription = forms.ModelChoiceField(
        Subscription.objects.none(),
        label=gettext_lazy("Subscription"),
        required=False,
        empty_label=gettext_lazy("any"),
    )
    address = _text(gettext_lazy("From address"), gettext_lazy("As in 192.0.2.7"), 45)
    request = _text(gettext_lazy("Request"), gettext_lazy("Its id"), 64)

    def __init__(
        self,
        data: QueryDict,
        *,
        by: Principal,
        tenant: Tenant,
        scope: str,
        knows_sign_ins: bool,
        subscriptions: "QuerySet[Subscription] | None" = None,
    ) -> None:
        """Without subscriptions to choose from, the page is about something that lies in one. `knows_sign_ins`: what is said; what is found, the gate decides."""
        super().__init__(data)
        self.by, self.tenant, self.scope = by, tenant, scope
        self.knows_sign_ins = knows_sign_ins
        if not knows_sign_ins:
            self.fields["who"].widget.attrs["placeholder"] = _("Name or id")
        if subscriptions is None:
            del self.fields["subscription"]
        else:
            self.fields["subscription"].queryset = subscriptions  # type: ignore[attr-defined]

    @property
    def is_wide(self) -> bool:
        """Of the whole tenant."""
        return "subscription" in self.fields

    @property
    def is_of_people(self) -> bool:
        return self.data.get("family") == PEOPLE

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in FIRST]

    @property
    def further(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in FIRST]

    @property
    def is_set(self) -> bool:
        return any(self.data.get(name) for name in self.base_fields)

    @property
    def further_set(self) -> bool:
        return any(self.data.get(field.name) for field in self.further)

    def query(self) -> str:
        """What is set, as it stands in an address, without the place in the list."""
        kept = QueryDict(mutable=True)
        for name in self.fields:
            if self.data.get(name):
                kept[name] = self.data[name]
        return kept.urlencode()

    def clean_who(self) -> dict[str, Any]:
        typed = self.cleaned_data["who"].strip()
        try:
            return people(self.tenant, typed, by=self.by)
        except TooManyNames:
            whole = _("More than %(most)d names stand here, so only who is called exactly that is found.")
            self["who"].help_text = whole % {"most": MOST}
            return called_exactly(self.tenant, typed, by=self.by)

    def clean_machine(self) -> dict[str, Any]:
        return machines(self.tenant, self.cleaned_data["machine"].strip(), self.scope)

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"]).strip()
        if address:
            validate_ipv46_address(address)
        return address

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        wanted = f"/subscriptions/{self.data.get('subscription', '')}/".lower()
        if not (self.is_wide or wanted == "/subscriptions//" or f"{self.scope}/".lower().startswith(wanted)):
            self.add_error(
                None, _("This page lies in one subscription, and not in the one it is filtered by.")
            )
        since, until = cleaned.get("since"), cleaned.get("until")
        if until and len(self.data["until"].strip()) == A_DAY:
            until = cleaned["until"] = datetime.combine(until.date(), time.max, tzinfo=UTC)
        if since and until and until < since:
            self.add_error("until", _("This is before the time it begins."))
        return cleaned

    def filters(self) -> Filters | None:
        """None where one of them is not understood: without it the others would find too much."""
        if not self.is_valid():
            return None
        self._tell()
        told = self.cleaned_data
        span, subscription = told["span"], told.get("subscription")
        return Filters(
            **told["who"],
            **told["machine"],
            subscription=subscription.scope if subscription else "",
            family=told["family"],
            outcome=told["outcome"],
            address=told["address"],
            request=told["request"].strip(),
            since=told["since"] or (timezone.now() - SPANS[span] if span else None),
            until=told["until"],
        )

    def filters_until(self, now: datetime) -> Filters | None:
        """What is counted and then written is the same, whatever happens meanwhile."""
        filters = self.filters()
        return replace(filters, until=min(filters.until or now, now)) if filters else None

    def typed(self) -> dict[str, str]:
        """What stood for names and machines, as it was typed."""
        return {name: self.data[name].strip() for name in ("who", "machine") if self.data.get(name)}

    def _tell(self) -> None:
        """Of the whole tenant alone that nobody is called so: whoever reads a part of it is not told who else there is."""
        if self.is_wide and is_nobody(self.cleaned_data["who"]):
            self["who"].help_text = (
                _("Nobody here is called that, or signs in as that.")
                if self.knows_sign_ins
                else _("Nobody here is called that.")
            )
        if self.cleaned_data["machine"] == {"places": []}:
            self["machine"].help_text = _(
                "No machine here is called that. One that is gone is found by its scope."
            )


class SaveViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ("name", "shared")


class ExportForm(forms.Form):
    form = forms.ChoiceField(
        label=gettext_lazy("Form"),
        choices=[
            (CSV, gettext_lazy("CSV, for spreadsheets")),
            (JSONL, gettext_lazy("JSON Lines, one entry a line")),
        ],
        initial=CSV,
        widget=forms.RadioSelect,
    )


class CameForm(forms.Form):
    """By which a page knows the file that it asked for."""

    token = forms.RegexField(r"^[0-9a-f]{16}$")
