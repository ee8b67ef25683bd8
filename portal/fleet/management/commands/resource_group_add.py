from argparse import ArgumentParser
from typing import Any

from accounts.management.lookups import operator
from portal.config.commands import OperatorCommand, Row
from portal.fleet.management.lookups import subscription_named
from portal.fleet.services.resources import create_resource_group


class Command(OperatorCommand):
    help = "Creates a resource group in a subscription."

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subscription", required=True, help="name or id")
        parser.add_argument("--name", required=True)
        parser.add_argument("--location", default="local")

    def act(self, *, subscription: str, name: str, location: str, **options: Any) -> Row:
        parent = subscription_named(subscription)
        group = create_resource_group(
            by=operator("resource_group_add"), subscription=parent, name=name, location=location
        )
        return {
            "name": group.name,
            "location": group.location,
            "subscription": parent.name,
            "scope": group.scope,
        }
