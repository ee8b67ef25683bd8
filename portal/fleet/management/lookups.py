"""Finds subscriptions, groups, machines and scopes that an operator names. Out: the one thing it means, or one sentence."""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import actions, principals
from accounts.access import NotVisible, Resource
from accounts.management.lookups import SHOWN, named, tenant_named, the_one
from accounts.models import Tenant
from portal.config.commands import Refused
from portal.fleet import selectors
from portal.fleet.models import ResourceGroup, Subscription, VirtualMachine
from portal.fleet.models.vms import OsKind


def subscription_named(value: str) -> Subscription:
    subscriptions = Subscription.objects.select_related("tenant")
    found = named(subscriptions, value, Q(name=value))
    if len(found) > 1:
        raise Refused(_("Several tenants have a subscription %(name)s. Give its id.") % {"name": value})
    known = ", ".join(subscriptions.values_list("name", flat=True)[:SHOWN]) or _(
        "none yet; subscription_add makes one"
    )
    return the_one(
        found, _("There is no subscription %(name)s. There are: %(known)s.") % {"name": value, "known": known}
    )


def find_group(subscription: Subscription, name: str) -> ResourceGroup | None:
    """ARM's names compare without case."""
    return subscription.resource_groups.filter(name__iexact=name).first()


def vm_named(subscription: Subscription, group: str, name: str) -> VirtualMachine:
    found = VirtualMachine.objects.filter(
        subscription=subscription, resource_group__name__iexact=group, name__iexact=name
    ).select_related("tenant", "subscription", "resource_group", "scale_set")
    message = _(
        "There is no virtual machine %(name)s in %(group)s of %(subscription)s. vm_list shows those there are."
    )
    return the_one(list(found[:1]), message % {"name": name, "group": group, "subscription": subscription})


def os_named(value: str) -> str:
    for kind in OsKind:
        if kind.value.lower() == value.lower():
            return str(kind.value)
    raise Refused(
        _("%(os)s is no operating system that Homeport knows. Give linux or windows.") % {"os": value}
    )


def place_named(tenant: str | None, scope: str | None) -> tuple[Tenant, Resource]:
    """Where a role is given: a scope that exists, or the whole tenant when none is named."""
    home = tenant_named(tenant) if tenant else None
    if scope is None and home is None:
        raise Refused(_("Give --scope, or --tenant for everything in it."))
    if scope is None and home is not None:
        return home, home
    resource = _resource_at(scope or "")
    if home is not None and resource.tenant_id != home.id:
        raise Refused(_("%(scope)s is not in %(tenant)s.") % {"scope": scope, "tenant": home})
    return Tenant.objects.get(id=str(resource.tenant_id)), resource


def _resource_at(scope: str) -> Resource:
    try:
        return selectors.resource_at(principals.system("manage.py"), actions.ASSIGNMENT_READ, scope)
    except NotVisible as error:
        raise Refused(
            _(
                "There is nothing at %(scope)s. A scope is a path such as /subscriptions/ID/resourceGroups/NAME."
            )
            % {"scope": scope}
        ) from error
