from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from accounts.management.lookups import operator, tenant_named
from portal.config.commands import OperatorCommand, Refused, Row, as_uuid
from portal.fleet.models import Subscription
from portal.fleet.services.resources import create_subscription


class Command(OperatorCommand):
    help = "Creates a subscription in a tenant."

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="short name, name or id")
        parser.add_argument("--name", required=True)
        parser.add_argument("--id", help="a UUID of your own choosing")

    def act(self, *, tenant: str, name: str, id: str | None, **options: Any) -> Row:
        home, chosen = tenant_named(tenant), as_uuid(id) if id else None
        if id and chosen is None:
            raise Refused(_("%(id)s is no UUID.") % {"id": id})
        if chosen and Subscription.objects.filter(id=chosen).exists():
            raise Refused(_("The id %(id)s is taken.") % {"id": chosen})
        made = create_subscription(
            by=operator("subscription_add"), tenant=home, name=name, subscription_id=chosen
        )
        return {"id": str(made.id), "name": made.name, "tenant": home.slug, "scope": made.scope}
