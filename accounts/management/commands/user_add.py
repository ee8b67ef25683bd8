from argparse import ArgumentParser
from typing import Any

from accounts.management.lookups import operator, tenant_named
from accounts.management.passwords import NewPassword, add_password_options, password_from
from accounts.services.people import create_user
from accounts.services.tenants import add_member
from portal.config.commands import OperatorCommand, Row


class Command(OperatorCommand):
    help = "Creates a person in a tenant. Roles come with role_assign."

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="short name, name or id")
        parser.add_argument("--username", required=True)
        parser.add_argument("--display-name", default="")
        parser.add_argument("--email", default="")
        add_password_options(parser)

    def ask(self, **options: Any) -> Row:
        return {"password": password_from(options)}

    def act(
        self,
        *,
        tenant: str,
        username: str,
        display_name: str,
        email: str,
        password: NewPassword,
        **options: Any,
    ) -> Row:
        home, by = tenant_named(tenant), operator("user_add")
        user = create_user(
            by=by.within(home.id),
            username=username,
            password=password.text,
            display_name=display_name,
            email=email,
        )
        add_member(by=by, tenant=home, user=user)
        return {"id": str(user.id), "username": user.username, "tenant": home.slug, **password.shown}
