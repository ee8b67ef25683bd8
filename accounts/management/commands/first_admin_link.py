from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from accounts.services.first_admin import LINK_HOURS, new_link_token
from portal.config.commands import OperatorCommand, Row
from portal.config.own_address import own_address


class Command(OperatorCommand):
    help = "Prints the one-time link that creates the first tenant and its owner; nothing when there are people already."

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--base-url",
            default=own_address(),
            help="address that browsers use, as in https://localhost:8443",
        )

    def act(self, *, base_url: str, **options: Any) -> Row:
        token = new_link_token()
        return {"link": f"{base_url.rstrip('/')}/welcome/{token}/" if token else None}

    def lines(self, result: Row) -> str:
        link = result["link"]
        if link is None:
            return ""
        return _(
            "Create the first administrator here; the link works once, for %(hours)d hours:\n  %(link)s"
        ) % {
            "hours": LINK_HOURS,
            "link": link,
        }
