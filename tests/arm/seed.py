"""Run as a program: makes a database with the usual cast in HOMEPORT_VAR, and prints what a client needs as JSON."""

import json
import os

import django

import tests.env  # noqa: F401  never the data of a portal that is used

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from accounts.roles import CONTRIBUTOR
    from accounts.services.credentials import add_secret
    from accounts.services.roles import assign_role
    from tests import world as worlds

    call_command("migrate", verbosity=0)
    world = worlds.build()
    assert world.program is not None
    assign_role(
        by=worlds.SYSTEM,
        tenant=world.contoso,
        principal_kind="ServicePrincipal",
        principal_id=world.program.id,
        role=worlds.role(CONTRIBUTOR),
        scope=world.subscription.scope,
    )
    _, secret = add_secret(by=worlds.SYSTEM, program=world.program)
    print(
        json.dumps(
            {
                "tenant": str(world.contoso.id),
                "subscription": str(world.subscription.id),
                "foreign_subscription": str(world.foreign_subscription.id),
                "vm": world.vm.scope,
                "client_id": str(world.program.client_id),
                "client_secret": secret,
            }
        )
    )


if __name__ == "__main__":
    main()
