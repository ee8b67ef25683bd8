"""What people fill in about records: how long they are kept, and why something is held or deleted."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.access import visible_to
from accounts.principals import Principal
from portal.fleet.forms.storage import AccountField, told_apart
from portal.fleet.models import StorageAccount
from portal.fleet.models.records import Retention
from portal.fleet.models.storage import StorageKind
from portal.fleet.services.retention import known_of

LONGEST = 36500


class RetentionForm(forms.ModelForm):
    """Accounts are offered to whoever may use their keys: sealing writes there. `known` is what its page showed: of two who save, the second is told."""

    known = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Retention
        field_classes = {"seal_account": AccountField}
        fields = ["log_days", "session_days", "seal_after_days", "seal_account", "audit_days"]
        help_texts = {
            "log_days": _("What machines printed, wherever it is kept. Empty: as long as it fits into the machine's log."),
            "session_days": _("Who was attached to which console. Empty: for ever."),
            "seal_after_days": _("Older entries move into signed files. Empty: they stay in the database."),
            "seal_account": _("Where signed files are kept from now on. Earlier ones stay where they are."),
            "audit_days": _("Signed files whose entries are all older are deleted. Empty: for ever."),
        }  # fmt: skip

    def __init__(self, *args: Any, principal: Principal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = StorageAccount.objects.filter(tenant=self.instance.tenant)
        usable = visible_to(principal, actions.STORAGE_KEYS, own)
        account = self.fields["seal_account"]
        assert isinstance(account, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        able = ~Q(kind=StorageKind.UNSUPPORTED) & Q(id__in=usable.values("id"))
        account.queryset = told_apart(own.filter(able | Q(id=self.instance.seal_account_id)))
        account.empty_label = _("none: entries stay in the database")
        for name, field in self.fields.items():
            if name.endswith("_days"):
                field.widget.attrs |= {"min": 1, "max": LONGEST, "inputmode": "numeric"}
                field.validators = [*field.validators, MaxValueValidator(LONGEST)]
        self._now = known_of(self.instance)
        self.initial["known"] = self._now

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        known = given.pop("known", "")
        if known and known != self._now:
            self.saved_meanwhile(known, self.instance)
        return given

    def saved_meanwhile(self, known: str, kept: Retention) -> None:
        self.add_error(None, _("Somebody else saved other times meanwhile. Look at them, then save again."))
        now = known_of(kept)
        for name, before, value in zip(self.Meta.fields, known.split(","), now.split(","), strict=False):
            if before != value:
                shown = kept.seal_account if name == "seal_account" else value
                told = gettext("now: %(value)s") % {"value": shown} if shown else gettext("now: empty")
                self.add_error(name, told)
        self.data = {
            **{name: self.data.get(name) for name in self.fields},
            "known": now,
        }  # saved once more, it is meant

    def is_shorter(self) -> bool:
        times = [name for name in self.changed_data if name in ("log_days", "session_days", "audit_days")]
        return any(
            (wanted := self.cleaned_data[name]) and wanted < (self.initial[name] or LONGEST + 1)
            for name in times
        )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
