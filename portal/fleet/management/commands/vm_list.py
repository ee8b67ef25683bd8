from argparse import ArgumentParser
from typing import Any

from accounts.management.lookups import operator, tenant_named
from portal.config.commands import OperatorCommand, Row
from portal.fleet import selectors
from portal.fleet.management.lookups import subscription_named


class Command(OperatorCommand):
    help = "Lists the virtual machines of a subscription, a tenant, or all of them."
    writes = False

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="short name, name or id")
        parser.add_argument("--subscription", help="name or id")

    def act(self, *, tenant: str | None, subscription: str | None, **options: Any) -> list[Row]:
        vms = selectors.vms(operator("vm_list")).order_by(
            "subscription__name", "resource_group__name", "name"
        )
        if tenant is not None:
            vms = vms.filter(tenant=tenant_named(tenant))
        if subscription is not None:
            vms = vms.filter(subscription=subscription_named(subscription))
        return [
            {
                "name": vm.name,
                "subscription": vm.subscription.name,
                "resource_group": vm.resource_group.name,
                "os": vm.os,
                "state": vm.power_state,
                "host": vm.host,
                **({"id": vm.scope} if options["json"] else {}),
            }
            for vm in vms.iterator(chunk_size=2000)
        ]
