from argparse import ArgumentParser
from typing import Any

from django.utils.text import slugify

from accounts.management.lookups import operator
from accounts.services.tenants import create_tenant
from portal.config.commands import OperatorCommand, Row


class Command(OperatorCommand):
    help = "Creates a tenant."

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--slug", help="short name for addresses and commands; made from the name when left out"
        )

    def act(self, *, name: str, slug: str | None, **options: Any) -> Row:
        tenant = create_tenant(by=operator("tenant_add"), name=name, slug=slug or slugify(name))
        return {"id": str(tenant.id), "name": tenant.name, "slug": tenant.slug}
