from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from accounts.management.lookups import operator, user_named
from accounts.services.factors import remove_all
from portal.config.commands import OperatorCommand, Refused, Row


class Command(OperatorCommand):
    help = "Removes every second factor of somebody who lost them, and ends their sign-ins. Needs --yes."

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--yes", action="store_true", help="do it")

    def act(self, *, username: str, yes: bool, **options: Any) -> Row:
        user = user_named(username)
        if not yes:
            raise Refused(
                _(
                    "Nothing was removed. The authenticator app, passkeys and recovery codes of %(name)s would go, "
                    "and every sign-in of theirs would end. Add --yes to remove them."
                )
                % {"name": user.username}
            )
        remove_all(by=operator("factors_remove"), user=user)
        return {"id": str(user.id), "username": user.username, "second_factor": False}
