"""Whatever stands in the way of a console in one sentence and one action. In: a Readiness, or what the gate or a limit said. Out: what its page says."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import actions
from accounts.reach import Reach
from consoles.selectors import Code, Readiness
from portal.fleet.models import VirtualMachine
from portal.fleet.places import place_of


@dataclass(frozen=True)
class Saying:
    title: str
    sentence: str
    url: str = ""
    action: str | Promise = ""


TITLES = {
    Code.MISSING_ROLE: gettext_lazy("You lack the role for this console"),
    Code.ADDRESS: gettext_lazy("Not from this address"),
    Code.SUBSCRIPTION_OFF: gettext_lazy("Serial consoles are switched off here"),
    Code.DIAGNOSTICS_OFF: gettext_lazy("Boot diagnostics are off"),
    Code.NO_PORT: gettext_lazy("This machine has no serial port"),
    Code.PORT_OFF: gettext_lazy("The serial port is disabled"),
    Code.PROVISIONING: gettext_lazy("The machine is not ready yet"),
    Code.CHANGING: gettext_lazy("The machine is stopping"),
    Code.STOPPED: gettext_lazy("The machine is stopped"),
    Code.DEALLOCATED: gettext_lazy("The machine is stopped (deallocated)"),
    Code.STORAGE_KIND: gettext_lazy("The storage account cannot hold the console's log"),
    Code.STORAGE_KEYS_OFF: gettext_lazy("The storage account's keys are switched off"),
    Code.STORAGE_NOT_FOUND: gettext_lazy("The storage account cannot be found"),
    Code.STORAGE_FORBIDDEN: gettext_lazy("The storage account answers Forbidden"),
}


AT_THE_ACCOUNT = (Code.STORAGE_KEYS_OFF, Code.STORAGE_NOT_FOUND, Code.STORAGE_FORBIDDEN)
NEEDS = {
    Code.SUBSCRIPTION_OFF: actions.SUBSCRIPTION_READ,
    Code.DIAGNOSTICS_OFF: actions.VM_WRITE,
    Code.STORAGE_KIND: actions.VM_WRITE,
    **dict.fromkeys(AT_THE_ACCOUNT, actions.STORAGE_READ),
    Code.MISSING_ROLE: actions.ASSIGNMENT_READ,
}


def _asked_at(found: Readiness) -> str:
    if found.code is Code.SUBSCRIPTION_OFF:
        return found.vm.subscription.scope
    if found.code is Code.MISSING_ROLE and found.missing is not None:
        return found.missing.scope
    account = found.vm.diagnostics_account
    return account.scope if account and found.code in AT_THE_ACCOUNT else found.vm.scope


def _account_url(vm: VirtualMachine) -> str:
    account = vm.diagnostics_account
    return place_of(account).overview if account else vm.boot_diagnostics_url


def saying(found: Readiness, *, held: Reach) -> Saying:
    """The way out is one that the person may go; else it leads back to the machine."""
    overview = found.vm.get_absolute_url()
    look_again = (found.vm.console_url, _("Look again"))
    diagnostics = (found.vm.boot_diagnostics_url, _("Boot diagnostics settings"))
    ways: dict[Code, tuple[str, str]] = {
        Code.SUBSCRIPTION_OFF: (f"/subs/{found.vm.subscription_id}/", _("To the subscription's switch")),
        Code.DIAGNOSTICS_OFF: diagnostics,
        Code.STORAGE_KIND: diagnostics,
        **dict.fromkeys(AT_THE_ACCOUNT, (_account_url(found.vm), _("To the storage account"))),
        Code.MISSING_ROLE: (f"/access{_asked_at(found)}", _("Who has access here")),
        Code.ADDRESS: look_again,
        Code.PROVISIONING: look_again,
        Code.CHANGING: look_again,
        Code.STOPPED: look_again,
        Code.DEALLOCATED: look_again,
    }
    way_back = (overview, _("To the machine's overview"))
    needed = NEEDS.get(found.code)
    may_go = needed is None or held.at(needed, _asked_at(found))
    url, action = ways.get(found.code, way_back) if may_go else way_back
    sentence = _sentence(found)
    if found.code is Code.MISSING_ROLE and held.at(actions.ASSIGNMENT_WRITE, _asked_at(found)):
        sentence = _("None of the roles you hold here allows it.")
    return Saying(str(TITLES[found.code]), sentence, url, action)


def _sentence(found: Readiness) -> str:
    vm, subscription = found.vm, found.vm.subscription
    names = {
        "vm": vm.name,
        "subscription": subscription.name,
        "reason": subscription.console_reason or _("none was given"),
    }
    names["account"] = vm.diagnostics_account.name if vm.diagnostics_account else ""
    sentences = {
        Code.MISSING_ROLE: _(
            "An Owner or a User Access Administrator of this scope, or of one above it, can assign you a role that allows it."
        ),
        Code.ADDRESS: _(
            "The subscription allows consoles only from certain networks. Connect from one of them, or ask an Owner to add yours."
        ),
        Code.SUBSCRIPTION_OFF: _(
            "Consoles of %(subscription)s were switched off. The reason: %(reason)s. Whoever may enable consoles there can switch them on."
        ),
        Code.DIAGNOSTICS_OFF: _(
            "The console of %(vm)s goes with its boot diagnostics. Turn them on to connect."
        ),
        Code.NO_PORT: _(
            "The portal knows no serial endpoint of %(vm)s. Whoever runs the portal can register one."
        ),
        Code.PORT_OFF: _(
            "The port of %(vm)s was disabled by itself; subscription and machine allow it. It is enabled through the REST API."
        ),
        Code.PROVISIONING: _("%(vm)s is being created or deleted. The console opens when that is done."),
        Code.CHANGING: _("%(vm)s is being deallocated, and its serial line goes with it."),
        Code.STOPPED: _(
            "%(vm)s is off, so there is nothing on its serial line. The console connects as soon as it starts."
        ),
        Code.DEALLOCATED: _("%(vm)s is off and holds no host. The console connects as soon as it starts."),
    }
    return (sentences.get(found.code) or _of_account(found)) % names


def _of_account(found: Readiness) -> str:
    account = found.vm.diagnostics_account
    if found.code is Code.STORAGE_KIND:
        return _("%(account)s is a premium account. Choose another one, or the managed account.")
    if found.code is Code.STORAGE_KEYS_OFF:
        return _(
            "%(account)s may not be opened with its key, so the console's log cannot be kept there. Allow its key, or choose another account."
        )
    if found.code is Code.STORAGE_NOT_FOUND:
        return _(
            "The log of %(vm)s is kept in %(account)s, and what is behind that account is not there. Correct the account's bucket, or choose another account."
        )
    if account is not None and account.last_error == found.code.value:
        return _(
            "The log of %(vm)s is kept in %(account)s, whose store does not let this portal in. Allow the portal's address in the store's own firewall or policy, then test the account."
        )
    return _(
        "The log of %(vm)s is kept in %(account)s, whose network rules do not allow the address you come from. Connect from an allowed network, or ask whoever may change the account to add yours."
    )


def confirm_first(vm: VirtualMachine) -> Saying:
    return Saying(
        _("Confirm that it is you"),
        _("The tenant asks for a second factor, and yours was given too long ago or not at all."),
        f"/account/confirm/?{urlencode({'next': vm.console_url})}",
        _("Confirm"),
    )


def too_many(vm: VirtualMachine) -> Saying:
    return Saying(
        _("Too many consoles are open"),
        _(
            "You, this machine or your tenant has as many consoles open as the portal allows. Close one, then look again."
        ),
        vm.console_url,
        _("Look again"),
    )
