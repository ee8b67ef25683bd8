from argparse import ArgumentParser
from typing import Any

from accounts.management.lookups import operator, tenant_named, user_named
from accounts.services.tenants import add_member
from portal.config.commands import OperatorCommand, Row


class Command(OperatorCommand):
    help = "Makes an existing person a member of one more tenant."

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="short name, name or id")
        parser.add_argument("--username", required=True)

    def act(self, *, tenant: str, username: str, **options: Any) -> Row:
        home, user = tenant_named(tenant), user_named(username)
        add_member(by=operator("member_add"), tenant=home, user=user)
        return {"username": user.username, "tenant": home.slug}
