"""What a tenant's page of alerts shows. In: the tenant and who asks. Out: targets with what waits for each, the newest alerts, and what is open of records."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts import actions
from accounts.access import visible_each
from accounts.models import Tenant
from accounts.principals import Principal
from portal.fleet.alerts.delivering import ABOUT
from portal.fleet.models import Alert, AlertTarget, RecordTrouble, StorageAccount, VirtualMachine

NEWEST = 20


def targets_of(tenant: Tenant) -> "QuerySet[AlertTarget]":
    waiting = Q(alerts__delivered_at=None, alerts__given_up_at=None)
    return AlertTarget.objects.filter(tenant=tenant).annotate(waiting=Count("alerts", filter=waiting))


def newest_alerts(principal: Principal, tenant: Tenant) -> "QuerySet[Alert]":
    """Of machines and storage accounts that this person may see; the portal's own store is the whole tenant's."""
    machines, accounts = visible_each(
        principal,
        [
            (actions.VM_READ, VirtualMachine.objects.all()),
            (actions.STORAGE_READ, StorageAccount.objects.all()),
        ],
    )
    own = Q(trouble__isnull=False, trouble__account=None)
    seen = Q(sighting__vm__in=machines) | Q(trouble__account__in=accounts) | own
    alerts = Alert.objects.filter(seen, target__tenant=tenant)
    return alerts.select_related("target", *ABOUT).order_by("-made_at")[:NEWEST]


def open_troubles(tenant_id: UUID) -> "QuerySet[RecordTrouble]":
    """Of records, as far as targets were told."""
    told = RecordTrouble.objects.filter(tenant_id=tenant_id, ended_at=None, told_at__isnull=False)
    return told.select_related("account__resource_group")
