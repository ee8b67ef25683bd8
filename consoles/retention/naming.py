"""Scopes as people call them. In: scopes, of things that may be gone. Out: the names on the way down to each, such as "production › web › web-1"."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Tenant
from accounts.requests import PortalRequest
from portal.config.commands import as_uuid
from portal.fleet.models import Subscription, VirtualMachine
from portal.fleet.models.records import LegalHold


def with_names(tenant: Tenant, rows: Iterable[Any]) -> list[Any]:
    """Each row, which has a `scope`, with a `where`."""
    shown = list(rows)
    ids = [number for row in shown if (number := as_uuid(_parts(row.scope)[1]))]
    named = Subscription.objects.filter(tenant=tenant, id__in=ids).values_list("id", "name")
    names = {str(number): name for number, name in named}
    for row in shown:
        row.where = _where(tenant, _parts(row.scope), names)
    return shown


def way_back(request: PortalRequest, vm: object) -> str:
    """To the machine's log, for whoever came from there."""
    if isinstance(vm, VirtualMachine) and request.GET.get("back") == "log":
        return vm.boot_diagnostics_url
    return reverse("records")


def why_held(tenant: Tenant, hold: LegalHold) -> str:
    return _(
        "It is on legal hold: %(name)s put one on %(where)s. Whoever may end the hold can do so first."
    ) % {"name": hold.made_by_name, "where": with_names(tenant, [hold])[0].where}


def _parts(scope: str) -> list[str]:
    return [*scope.strip("/").split("/"), ""]


def _where(tenant: Tenant, parts: list[str], names: dict[str, str]) -> str:
    if parts[0].lower() == "tenants":
        return tenant.name
    group, below = parts[3:4], parts[7::2]
    return " › ".join(filter(None, [names.get(parts[1].lower(), parts[1]), *group, *below]))
