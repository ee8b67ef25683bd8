"""What a tenant's page of alerts shows. In: the tenant and who asks. Out: targets with what waits for each, and the newest alerts."""

from django.db.models import Count, Q, QuerySet

from accounts import actions
from accounts.access import visible_to
from accounts.models import Tenant
from accounts.principals import Principal
from portal.fleet.models import Alert, AlertTarget, VirtualMachine

NEWEST = 20


def targets_of(tenant: Tenant) -> "QuerySet[AlertTarget]":
    waiting = Q(alerts__delivered_at=None, alerts__given_up_at=None)
    return AlertTarget.objects.filter(tenant=tenant).annotate(waiting=Count("alerts", filter=waiting))


def newest_alerts(principal: Principal, tenant: Tenant) -> "QuerySet[Alert]":
    """Of machines that this person may see."""
    seen = visible_to(principal, actions.VM_READ, VirtualMachine.objects.all())
    alerts = Alert.objects.filter(target__tenant=tenant, sighting__vm__in=seen)
    return alerts.select_related(
        "target", "sighting__vm__resource_group", "sighting__vm__scale_set"
    ).order_by("-made_at")[:NEWEST]
