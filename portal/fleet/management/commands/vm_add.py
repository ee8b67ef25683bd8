from argparse import ArgumentParser
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from accounts.management.lookups import operator
from accounts.principals import Principal
from portal.config.commands import OperatorCommand, Refused, Row
from portal.fleet.management.lookups import find_group, os_named, subscription_named
from portal.fleet.models import ResourceGroup, Subscription
from portal.fleet.services.resources import add_vm, create_resource_group

FREE = ("size", "location", "host")


class Command(OperatorCommand):
    help = "Registers a machine of your own: where its serial line is, and how it can be powered."
    called: ClassVar[dict[str, str]] = {"serial_url": "--serial", "machine_url": "--machine"}

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subscription", required=True, help="name or id")
        parser.add_argument("--resource-group", required=True)
        parser.add_argument(
            "--create-group", action="store_true", help="create the resource group if there is none"
        )
        parser.add_argument("--name", required=True)
        parser.add_argument("--os", required=True, help="linux or windows")
        parser.add_argument(
            "--serial", required=True, metavar="URL", help="/dev/ttyS0, unix:///…, tcp://…, rfc2217://…"
        )
        parser.add_argument("--machine", default="none://", metavar="URL", help="qemu:…, libvirt:…, none://")
        for name in FREE:
            parser.add_argument(f"--{name}")

    def act(
        self,
        *,
        subscription: str,
        resource_group: str,
        create_group: bool,
        name: str,
        os: str,
        serial: str,
        machine: str,
        **options: Any,
    ) -> Row:
        if not Subscription.objects.exists():
            raise Refused(
                _(
                    "There is no subscription yet. Make one with subscription_add; "
                    "vm_add --create-group then makes the resource group."
                )
            )
        by, kind = operator("vm_add"), os_named(os)
        group = self._group(
            by, subscription_named(subscription), resource_group, create_group, options["location"]
        )
        given = {key: options[key] for key in FREE if options[key]}
        vm = add_vm(by=by, group=group, name=name, os=kind, serial_url=serial, machine_url=machine, **given)
        return {
            "id": vm.scope,
            "name": vm.name,
            "os": vm.os,
            "host": vm.host,
            "serial": serial,
            "machine": vm.machine_url,
        }

    def _group(
        self, by: Principal, subscription: Subscription, name: str, create: bool, location: str | None
    ) -> ResourceGroup:
        group = find_group(subscription, name)
        if group is None and create:
            return create_resource_group(
                by=by, subscription=subscription, name=name, location=location or "local"
            )
        if group is None:
            raise Refused(
                _(
                    "There is no resource group %(group)s in %(subscription)s. Add --create-group to create it."
                )
                % {"group": name, "subscription": subscription}
            )
        return group
