from argparse import ArgumentParser
from typing import Any

from accounts.management.lookups import operator, tenant_named
from accounts.models import Group
from accounts.services.people import save_group
from portal.config.commands import OperatorCommand, Row


class Command(OperatorCommand):
    help = "Creates a group in a tenant."

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="short name, name or id")
        parser.add_argument("--name", required=True)
        parser.add_argument("--description", default="")

    def act(self, *, tenant: str, name: str, description: str, **options: Any) -> Row:
        home = tenant_named(tenant)
        new = Group(name=name, description=description)
        group = save_group(by=operator("group_add"), tenant=home, group=new)
        return {"id": str(group.id), "name": group.name, "tenant": home.slug}
