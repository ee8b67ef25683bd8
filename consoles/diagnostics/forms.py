"""What people fill in on the boot diagnostics page: what is kept and where, and links to a log."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from consoles.diagnostics.links import LEAST_MINUTES, MOST_MINUTES
from consoles.models import LinkForm
from portal.fleet.forms.storage import AccountField, told_apart
from portal.fleet.models import StorageAccount, VirtualMachine
from portal.fleet.models.storage import StorageKind
from portal.fleet.models.vms import LogOutOnDetach

LAST_MIB = 1024
LAST = 2**53  # offset or millisecond that a database and a browser can count to
OFFSET: dict[str, Any] = {"required": False, "min_value": 0, "max_value": LAST}


class ShareForm(forms.Form):
    form = forms.ChoiceField(
        label=_("What it gives"), choices=LinkForm.choices, widget=forms.RadioSelect, initial=LinkForm.PLAIN
    )
    minutes = forms.IntegerField(
        label=_("Open for (minutes)"),
        min_value=LEAST_MINUTES,
        max_value=MOST_MINUTES,
        initial=60,
        help_text=_("From one minute to 24 hours (1440)."),
    )


class AccountChoices(forms.Select):
    """Kinds that cannot hold a log are shown and cannot be chosen; the one in use can, since a form sends no disabled choice."""

    in_use: int | None = None

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        account: StorageAccount | None = getattr(value, "instance", None)
        if account is not None and account.kind == StorageKind.UNSUPPORTED:
            option["attrs"]["disabled"] = account.id != self.in_use
        return option


class BootDiagnosticsForm(forms.Form):
    enabled = forms.BooleanField(label=_("Boot diagnostics on"), required=False)
    account = AccountField(
        label=_("Log kept in"),
        queryset=StorageAccount.objects.none(),
        required=False,
        widget=AccountChoices,
        empty_label=_("the managed account of this portal"),
        help_text=_(
            "Whoever connects to the console also needs the right to use a storage account chosen here."
        ),
    )
    log_limit_mib = forms.IntegerField(
        label=_("Log size limit (MiB)"),
        min_value=1,
        max_value=LAST_MIB,
        help_text=_("When it is full, the oldest output goes first."),
    )
    log_out_on_detach = forms.ChoiceField(
        label=_("When the last person detaches"), choices=LogOutOnDetach.choices, widget=forms.RadioSelect
    )
    logout_string = forms.CharField(
        label=_("Logout string"),
        required=False,
        max_length=100,
        strip=False,
        help_text=_("What is typed to log out, for example exit. It is sent with Enter at its end."),
    )

    def __init__(self, data: Any, *, vm: VirtualMachine, accounts: "QuerySet[StorageAccount]") -> None:
        super().__init__(data, initial=_as_filled_in(vm), label_suffix="")
        account = self.fields["account"]
        assert isinstance(account, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        account.queryset = told_apart(accounts)
        account.widget.in_use = vm.diagnostics_account_id

    def clean_account(self) -> StorageAccount | None:
        account: StorageAccount | None = self.cleaned_data["account"]
        if account is not None and account.kind == StorageKind.UNSUPPORTED:
            raise forms.ValidationError(
                _("A premium storage account cannot hold boot diagnostics. Choose another kind.")
            )
        return account

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("log_out_on_detach") == LogOutOnDetach.STRING and not given.get("logout_string"):
            self.add_error("logout_string", _("Say what is to be typed to log out."))
        return given


def _as_filled_in(vm: VirtualMachine) -> dict[str, Any]:
    return {
        "enabled": vm.boot_diagnostics,
        "account": vm.diagnostics_account_id,
        "log_limit_mib": vm.log_limit_mib,
        "log_out_on_detach": vm.log_out_on_detach,
        "logout_string": vm.logout_string,
    }
