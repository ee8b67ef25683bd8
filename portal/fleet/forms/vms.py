"""What people fill in about virtual machines: the filters over the list, and the settings of boot diagnostics."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.fleet.models import StorageAccount, Subscription, VirtualMachine
from portal.fleet.models.storage import StorageKind
from portal.fleet.models.vms import LogOutOnDetach, OsKind, PowerState

LAST_MIB = 1024
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


class AccountChoices(forms.Select):
    """Kinds that cannot hold a log are shown and cannot be chosen; the one in use can, since a form sends no disabled choice."""

    in_use: int | None = None

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        account: StorageAccount | None = getattr(value, "instance", None)
        if account is not None and account.kind == StorageKind.UNSUPPORTED:
            option["label"] = f"{account.name}: {account.get_kind_display()}"
            option["attrs"]["disabled"] = account.id != self.in_use
        return option


class BootDiagnosticsForm(forms.Form):
    enabled = forms.BooleanField(label=_("Boot diagnostics on"), required=False)
    confirm_off = forms.BooleanField(required=False)
    account = forms.ModelChoiceField(
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
        self.vm = vm
        account = self.fields["account"]
        assert isinstance(account, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        account.queryset = accounts
        account.widget.in_use = vm.diagnostics_account_id
        self.fields["confirm_off"].label = _(
            "Yes, turn it off: the serial console of %(vm)s goes with it"
        ) % {"vm": vm.name}
        if not (self.is_bound and self._turns_off()):
            del self.fields["confirm_off"]

    def _turns_off(self) -> bool:
        return self.vm.boot_diagnostics and not self.data.get("enabled")

    def clean_account(self) -> StorageAccount | None:
        account: StorageAccount | None = self.cleaned_data["account"]
        if account is not None and account.kind == StorageKind.UNSUPPORTED:
            raise forms.ValidationError(
                _("A premium storage account cannot hold boot diagnostics. Choose another kind.")
            )
        return account

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if "confirm_off" in self.fields and not given.get("confirm_off"):
            self.add_error(
                "confirm_off",
                _(
                    "Without boot diagnostics there is no serial console. Live sessions end at once. Confirm that this is meant."
                ),
            )
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
