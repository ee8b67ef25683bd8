from argparse import ArgumentParser
from typing import Any

from accounts.management.lookups import checked_days, operator, tenant_named
from accounts.services.credentials import add_secret
from accounts.services.people import create_service_principal
from portal.config.commands import OperatorCommand, Row


class Command(OperatorCommand):
    help = "Creates a service principal and prints its client id and secret: the secret once, it is kept nowhere."

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="short name, name or id")
        parser.add_argument("--name", required=True)
        parser.add_argument("--days", type=int, default=180, help="how long the secret lives")

    def act(self, *, tenant: str, name: str, days: int, **options: Any) -> Row:
        home, by = tenant_named(tenant), operator("service_principal_add")
        program = create_service_principal(by=by, tenant=home, name=name)
        secret, text = add_secret(by=by, program=program, days=checked_days(days))
        return {
            "id": str(program.id),
            "name": program.name,
            "tenant": str(home.id),
            "client_id": str(program.client_id),
            "client_secret": text,
            "expires": secret.expires_at,
        }
