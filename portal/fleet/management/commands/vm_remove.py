from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from accounts.management.lookups import operator
from accounts.services.vanished import assignments_below
from portal.config.commands import OperatorCommand, Refused, Row
from portal.fleet.management.lookups import subscription_named, vm_named
from portal.fleet.services.removal import remove_vm


class Command(OperatorCommand):
    help = "Removes a virtual machine from the portal. Without --yes it only says what would go."

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subscription", required=True, help="name or id")
        parser.add_argument("--resource-group", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--yes", action="store_true", help="do it")

    def act(self, *, subscription: str, resource_group: str, name: str, yes: bool, **options: Any) -> Row:
        vm = vm_named(subscription_named(subscription), resource_group, name)
        assignments = assignments_below(tenant=vm.tenant, scope=vm.scope).count()
        if not yes:
            raise Refused(
                _(
                    "Nothing was removed. %(name)s of %(tenant)s would go, with its serial port, its history and "
                    "%(count)d role assignments on it; the machine itself stays as it is. Add --yes to remove it."
                )
                % {"name": vm.name, "tenant": vm.tenant, "count": assignments}
            )
        scope = vm.scope
        remove_vm(by=operator("vm_remove"), vm=vm)
        return {"removed": scope, "role_assignments": assignments}
