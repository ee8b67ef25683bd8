import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from accounts.management.lookups import operator
from portal.config.commands import OperatorCommand, Refused, Row
from portal.fleet.management.lookups import find_group, subscription_named
from portal.fleet.services.storage import add_storage_account

LONGEST = 1024


class Command(OperatorCommand):
    help = "Makes a storage account: a folder on this portal's disk, or a bucket of an S3-compatible store."
    called: ClassVar[dict[str, str]] = {"access_key": "--access-key", "endpoint": "--endpoint"}

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subscription", required=True, help="name or id")
        parser.add_argument("--resource-group", required=True)
        parser.add_argument("--name", required=True, help="3 to 24 lower-case letters and digits")
        parser.add_argument("--kind", choices=["local", "s3"], default="local")
        parser.add_argument("--endpoint", default="", metavar="URL", help="https://… of the store")
        parser.add_argument("--region", default="")
        parser.add_argument("--bucket", default="", help="it must be there already")
        parser.add_argument("--access-key", default="")
        parser.add_argument(
            "--secret-file",
            metavar="PATH",
            help="file that holds the secret key; - reads it from standard input",
        )

    def ask(self, **options: Any) -> Row:
        path = options["secret_file"]
        return {"secret": _secret_in(path) if path else ""}

    def act(self, *, subscription: str, resource_group: str, secret: str, **options: Any) -> Row:
        home = subscription_named(subscription)
        group = find_group(home, resource_group)
        if group is None:
            raise Refused(
                _("There is no resource group %(group)s in %(subscription)s. resource_group_add makes one.")
                % {"group": resource_group, "subscription": home}
            )
        given = {key: options[key] for key in ("name", "kind", "endpoint", "region", "bucket", "access_key")}
        account = add_storage_account(by=operator("storage_add"), group=group, secret=secret, **given)
        return {"id": account.scope, "name": account.name, "kind": account.kind, "bucket": account.bucket}


def _secret_in(path: str) -> str:
    """Never an argument of its own: those are seen by everybody on the machine."""
    try:
        text = sys.stdin.read(LONGEST) if path == "-" else Path(path).read_text()[:LONGEST]
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(_("The secret cannot be read from %(path)s.") % {"path": path}) from error
    return text.strip()
