"""What people fill in about records: how long they are kept, and why something is held or deleted."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.access import visible_to
from accounts.principals import Principal
from portal.fleet.models import StorageAccount
from portal.fleet.models.records import Retention

LONGEST = 36500


class Accounts(forms.ModelChoiceField):
    def label_from_instance(self, obj: StorageAccount) -> str:
        return f"{obj.name} ({obj.get_kind_display()})"


class RetentionForm(forms.ModelForm):
    """Accounts are offered to whoever may use their keys: sealing writes there."""

    class Meta:
        model = Retention
        field_classes = {"seal_account": Accounts}
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
        account.queryset = own.filter(Q(id__in=usable.values("id")) | Q(id=self.instance.seal_account_id))
        for name, field in self.fields.items():
            if name.endswith("_days"):
                field.widget.attrs |= {"min": 1, "max": LONGEST, "inputmode": "numeric"}
                field.validators = [*field.validators, MaxValueValidator(LONGEST)]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
