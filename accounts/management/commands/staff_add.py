from argparse import ArgumentParser
from typing import Any

from accounts.management.lookups import operator
from accounts.management.passwords import NewPassword, add_password_options, password_from
from accounts.services.people import create_user
from portal.config.commands import OperatorCommand, Row


class Command(OperatorCommand):
    help = (
        "Creates a member of the platform's staff: runs the admin site, sees no tenant without a staff grant."
    )

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--display-name", default="")
        parser.add_argument("--email", default="")
        add_password_options(parser)

    def ask(self, **options: Any) -> Row:
        return {"password": password_from(options)}

    def act(
        self, *, username: str, display_name: str, email: str, password: NewPassword, **options: Any
    ) -> Row:
        user = create_user(
            by=operator("staff_add"),
            username=username,
            password=password.text,
            display_name=display_name,
            email=email,
            is_staff=True,
        )
        return {"id": str(user.id), "username": user.username, "staff": True, **password.shown}
