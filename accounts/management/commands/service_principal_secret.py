from argparse import ArgumentParser
from typing import Any

from accounts.management.lookups import checked_days, operator, program_named, tenant_named
from accounts.services.credentials import add_secret, revoke_secret
from portal.config.commands import OperatorCommand, Row


class Command(OperatorCommand):
    help = (
        "Gives a service principal a new secret, printed once. The old one lives on unless --revoke-others."
    )

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="short name, name or id")
        parser.add_argument("--name", required=True, help="name, client id or object id")
        parser.add_argument("--days", type=int, default=180, help="how long the secret lives")
        parser.add_argument(
            "--revoke-others",
            action="store_true",
            help="end every other secret, and the tokens got with them",
        )

    def act(self, *, tenant: str, name: str, days: int, revoke_others: bool, **options: Any) -> Row:
        by, program = operator("service_principal_secret"), program_named(tenant_named(tenant), name)
        old = list(program.secrets.live()) if revoke_others else []
        for one in old:
            revoke_secret(by=by, secret=one)
        secret, text = add_secret(by=by, program=program, days=checked_days(days))
        return {
            "name": program.name,
            "client_id": str(program.client_id),
            "client_secret": text,
            "expires": secret.expires_at,
            "revoked": len(old),
        }
