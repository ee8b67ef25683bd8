from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from accounts.management.lookups import operator
from portal.config.commands import OperatorCommand, Refused, Row
from portal.fleet import selectors
from portal.fleet.management.lookups import subscription_named
from portal.fleet.services.switches import switch_console


class Command(OperatorCommand):
    help = "Turns the serial consoles of a subscription on or off. Off ends every live session in it."

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subscription", required=True, help="name or id")
        switch = parser.add_mutually_exclusive_group(required=True)
        switch.add_argument("--on", action="store_true")
        switch.add_argument("--off", action="store_true")
        parser.add_argument(
            "--reason", default="", help="kept in the audit log and shown to those who are cut off"
        )

    def act(self, *, subscription: str, on: bool, reason: str, **options: Any) -> Row:
        target = subscription_named(subscription)
        if not reason.strip():
            raise Refused(_("Say why with --reason; whoever is cut off and whoever audits reads it."))
        by, before = operator("console_switch"), target.console_enabled
        after = switch_console(by=by, subscription=target, enabled=on, reason=reason.strip())
        return {
            "subscription": after.name,
            "id": str(after.id),
            "console": "on" if after.console_enabled else "off",
            "changed": before != after.console_enabled,
            "virtual_machines": selectors.vms(by).filter(subscription=after).count(),
        }
