from argparse import ArgumentParser
from typing import Any

from accounts.management.lookups import principal_named, tenant_named
from accounts.models import RoleAssignment
from accounts.selectors import principal_names
from portal.config.commands import OperatorCommand, Row
from portal.fleet.management.lookups import place_named


class Command(OperatorCommand):
    help = "Lists who has which role where in a tenant: at one scope, of one principal, or all."
    writes = False

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="short name, name or id")
        parser.add_argument("--scope", help="only what is given at this scope itself")
        who = parser.add_mutually_exclusive_group()
        who.add_argument("--user", metavar="USERNAME")
        who.add_argument("--group", metavar="NAME")
        who.add_argument("--service-principal", metavar="NAME")

    def act(self, *, tenant: str, scope: str | None, **options: Any) -> list[Row]:
        home = tenant_named(tenant)
        found = RoleAssignment.objects.filter(tenant=home).select_related("role")
        if scope is not None:
            found = found.filter(scope_key=place_named(tenant, scope)[1].scope.lower())
        who = {key: options[key] for key in ("user", "group", "service_principal")}
        if any(who.values()):
            found = found.filter(principal_id=principal_named(home, **who)[1])
        assignments = list(found)
        names = principal_names(home, {one.principal_id for one in assignments})
        return [
            {
                "kind": one.principal_kind,
                "principal": names.get(one.principal_id, ("", str(one.principal_id)))[1],
                "role": one.role.name,
                "scope": one.scope,
                "expires": one.expires_at,
                **({"id": str(one.id)} if options["json"] else {}),
            }
            for one in assignments
        ]
