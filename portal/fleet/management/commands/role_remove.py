from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from accounts.management.lookups import operator, principal_named, role_named
from accounts.models import RoleAssignment
from accounts.services.roles import remove_assignment
from portal.config.commands import OperatorCommand, Refused, Row
from portal.fleet.management.commands.role_assign import add_principal_options
from portal.fleet.management.lookups import place_named


class Command(OperatorCommand):
    help = "Takes a role at a scope away. What the person has open through it ends."

    def options(self, parser: ArgumentParser) -> None:
        add_principal_options(parser)
        parser.add_argument("--role", required=True, help="name or id")
        parser.add_argument("--scope", help="/subscriptions/… ; the whole tenant when left out")
        parser.add_argument("--tenant", help="short name, name or id; follows from the scope when left out")

    def act(
        self,
        *,
        tenant: str | None,
        scope: str | None,
        role: str,
        user: str | None,
        group: str | None,
        service_principal: str | None,
        **options: Any,
    ) -> Row:
        home, place = place_named(tenant, scope)
        _kind, principal_id, name = principal_named(
            home, user=user, group=group, service_principal=service_principal
        )
        assignment = (
            RoleAssignment.objects.filter(
                tenant=home,
                principal_id=principal_id,
                role=role_named(home, role),
                scope_key=place.scope.lower(),
            )
            .select_related("role", "tenant")
            .first()
        )
        if assignment is None:
            raise Refused(
                _(
                    "%(name)s does not have the role %(role)s at %(scope)s itself. role_list shows where roles are given."
                )
                % {"name": name, "role": role, "scope": place.scope}
            )
        remove_assignment(by=operator("role_remove"), assignment=assignment)
        return {"removed": assignment.role.name, "principal": name, "scope": place.scope}
