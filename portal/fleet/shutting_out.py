"""What new network rules of a storage account do to people. In: the account, its rules as they would be, who saves them. Out: a sentence for each loss."""

from collections import Counter
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import actions
from accounts.access import visible_to
from accounts.conditions import address_allowed
from accounts.principals import Principal
from portal.fleet.models import StorageAccount, VirtualMachine

NAMED = 10


def what_ends(
    account: StorageAccount, *, by: Principal, default_action: str, allowed_addresses: list[str]
) -> list[str]:
    """Who reads a log just now is nowhere known; who is on a console is, to whoever may see the machine's sessions."""
    if default_action == "Allow":
        return []
    machines = VirtualMachine.objects.filter(diagnostics_account=account)
    seen = visible_to(by, actions.SESSION_READ, machines)
    return [
        *_sessions(seen, allowed_addresses),
        *_others(machines, seen),
        *_self(account, by, allowed_addresses),
    ]


def _sessions(machines: "QuerySet[VirtualMachine]", allowed: list[str]) -> Iterator[str]:
    """The sessions are the live path's own; they are found from the machines alone."""
    live = machines.filter(console_sessions__isnull=False, console_sessions__ended_at=None)
    rows = live.values_list("console_sessions__principal_name", "name", "console_sessions__address")
    ends = Counter((who, vm) for who, vm, address in rows if not address_allowed(address, allowed))
    count = ends.total()
    if count:
        yield ngettext(
            "%(n)d session ends at once: %(names)s.", "%(n)d sessions end at once: %(names)s.", count
        ) % {"n": count, "names": _named(ends)}


def _named(ends: "Counter[tuple[str, str]]") -> str:
    told = [
        ngettext("%(who)s on %(vm)s", "%(who)s on %(vm)s (%(n)d windows)", n) % {"who": who, "vm": vm, "n": n}
        for (who, vm), n in sorted(ends.items())
    ]
    more = len(told) - NAMED
    if more > 0:
        told[NAMED:] = [ngettext("%(n)d more", "%(n)d more", more) % {"n": more}]
    return ", ".join(told)


def _others(machines: "QuerySet[VirtualMachine]", seen: "QuerySet[VirtualMachine]") -> Iterator[str]:
    """The same whoever is there and whatever was typed: by trying ranges one would find out where others come from."""
    if machines.exclude(pk__in=seen.order_by().values("pk")).exists():
        yield _(
            "Others, whom you may not see, may be on consoles of its machines: the session of whoever is shut out ends at once."
        )


def _self(account: StorageAccount, by: Principal, allowed: list[str]) -> Iterator[str]:
    if not address_allowed(by.address, allowed):
        yield _(
            "You yourself are shut out: you come from %(address)s. You read no log kept in %(name)s and open no console of its machines until the rules let you in; you may still change the rules."
        ) % {"address": by.address or "?", "name": account.name}
