"""What people type about roles and their assignment. In: form data and a tenant. Out: checked values, or a sentence at the field."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import actions
from accounts.models import RoleDefinition

SHAPE = re.compile(r"^(\*|[A-Za-z0-9.*_-]+(/[A-Za-z0-9.*_-]+)+)$")
MOST_PATTERNS = 200
LONGEST_PATTERN = 200


class PatternsField(forms.CharField):
    """One pattern per line, as a list; every line that has not the shape of an action is named."""

    widget = forms.Textarea

    def __init__(self, *, data: bool = False, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.is_data = data
        self.widget.attrs.update({"rows": 5, "spellcheck": "false", "autocapitalize": "off", "class": "mono"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = [line.strip() for line in (super().to_python(value) or "").splitlines()]
        return list(dict.fromkeys(line for line in lines if line))

    def validate(self, value: list[str]) -> None:
        if len(value) > MOST_PATTERNS:
            raise ValidationError(_("Use at most %(most)s lines.") % {"most": MOST_PATTERNS})
        problems = [problem for line in value if (problem := _problem(line))]
        if problems:
            raise ValidationError(problems[:5])

    def run_validators(self, value: Any) -> None:
        return None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(self.prepare_value(initial)) != self.to_python(data)


def _problem(line: str) -> str:
    if re.search(r"\s", line):
        return _("“%(line)s” has a space in it. Write one action per line.") % {"line": line[:80]}
    if len(line) > LONGEST_PATTERN:
        return _("“%(line)s…” is too long for an action.") % {"line": line[:60]}
    if "/" not in line and line != "*":
        return _("“%(line)s” has no slash. An action looks like Microsoft.Compute/virtualMachines/read.") % {
            "line": line
        }
    if not SHAPE.match(line):
        return _(
            "“%(line)s” is not the shape of an action. Use letters, digits and . _ - * between slashes."
        ) % {"line": line}
    return ""


class RoleForm(forms.ModelForm):
    LISTS = ("actions", "not_actions", "data_actions", "not_data_actions")

    actions = PatternsField(
        label=gettext_lazy("Actions"),
        help_text=gettext_lazy(
            "What the role grants, one per line. * stands for anything: Microsoft.Compute/*/read."
        ),
    )
    not_actions = PatternsField(
        label=gettext_lazy("Excluded actions"),
        help_text=gettext_lazy("What is taken out again. Another role may still grant it."),
    )
    data_actions = PatternsField(
        data=True,
        label=gettext_lazy("Data actions"),
        help_text=gettext_lazy("For what is kept inside storage accounts, such as logs."),
    )
    not_data_actions = PatternsField(data=True, label=gettext_lazy("Excluded data actions"))

    class Meta:
        model = RoleDefinition
        fields = ("name", "description", "actions", "not_actions", "data_actions", "not_data_actions")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = cleaned.get("actions") or cleaned.get("data_actions")
        if not given and not self.errors:
            self.add_error("actions", _("A role needs at least one action or data action."))
        return cleaned

    def list_problems(self) -> list[str]:
        return [str(problem) for name in self.LISTS for problem in self.errors.get(name, [])]

    def warnings(self) -> list[str]:
        """Sentences about lines that are legal but do nothing here."""
        return [
            _("“%(line)s” covers no action that Homeport knows.") % {"line": line}
            for name, field in self.fields.items()
            if isinstance(field, PatternsField)
            for line in self.cleaned_data.get(name, [])
            if not actions.covers_known(line, data=field.is_data)
        ]


NEVER, DATE = "never", "date"
SPANS = {"1h": timedelta(hours=1), "8h": timedelta(hours=8), "1d": timedelta(days=1), "7d": timedelta(days=7)}


class ExpiryMixin(forms.Form):
    expiry = forms.ChoiceField(
        label=gettext_lazy("Ends"),
        choices=[
            (NEVER, gettext_lazy("never")),
            ("1h", gettext_lazy("after 1 hour")),
            ("8h", gettext_lazy("after 8 hours")),
            ("1d", gettext_lazy("after 1 day")),
            ("7d", gettext_lazy("after 7 days")),
            (DATE, gettext_lazy("on a date")),
        ],
        initial=NEVER,
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Date and time (UTC)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Needed only when it ends on a date."),
        error_messages={"invalid": gettext_lazy("Write the moment as 2026-12-31 18:00.")},
    )

    def expires_at(self) -> datetime | None:
        span = self.cleaned_data.get("expiry", NEVER)
        if span == DATE:
            moment: datetime | None = self.cleaned_data.get("until")
            return moment
        return timezone.now() + SPANS[span] if span in SPANS else None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("expiry") == DATE and "until" not in self.errors:
            if cleaned.get("until") is None:
                self.add_error("until", _("Choose the date and time at which it ends."))
            elif cleaned["until"] <= timezone.now():
                self.add_error("until", _("This moment has passed. Choose a later one."))
        return cleaned
