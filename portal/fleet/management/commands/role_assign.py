from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.management.lookups import checked_days, operator, principal_named, role_named
from accounts.services.roles import assign_role
from portal.config.commands import OperatorCommand, Row
from portal.fleet.management.lookups import place_named


def add_principal_options(parser: ArgumentParser) -> None:
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--user", metavar="USERNAME")
    who.add_argument("--group", metavar="NAME")
    who.add_argument("--service-principal", metavar="NAME")


class Command(OperatorCommand):
    help = "Gives a role at a scope. The same role at the same scope again only changes when it ends."

    def options(self, parser: ArgumentParser) -> None:
        add_principal_options(parser)
        parser.add_argument("--role", required=True, help="name or id")
        parser.add_argument("--scope", help="/subscriptions/… ; the whole tenant when left out")
        parser.add_argument("--tenant", help="short name, name or id; follows from the scope when left out")
        parser.add_argument("--days", type=int, help="ends after so many days; never when left out")

    def act(
        self,
        *,
        tenant: str | None,
        scope: str | None,
        role: str,
        days: int | None,
        user: str | None,
        group: str | None,
        service_principal: str | None,
        **options: Any,
    ) -> Row:
        home, place = place_named(tenant, scope)
        kind, principal_id, name = principal_named(
            home, user=user, group=group, service_principal=service_principal
        )
        made = assign_role(
            by=operator("role_assign"),
            tenant=home,
            principal_kind=kind,
            principal_id=principal_id,
            role=role_named(home, role),
            scope=place.scope,
            expires_at=timezone.now() + timedelta(days=checked_days(days)) if days is not None else None,
        )
        return {
            "id": str(made.id),
            "principal": name,
            "role": made.role.name,
            "scope": made.scope,
            "expires": made.expires_at,
        }
