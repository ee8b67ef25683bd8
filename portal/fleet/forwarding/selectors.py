"""What a tenant's page of forwarding shows. In: the tenant. Out: its targets, each with how many entries it has not had yet."""

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Greatest

from accounts.models import Tenant
from portal.fleet.models import ForwardTarget


def targets_of(tenant: Tenant) -> "QuerySet[ForwardTarget]":
    behind = Greatest(Coalesce(F("tenant__audit_chain__seq"), 0) - F("done_seq"), 0)
    return ForwardTarget.objects.filter(tenant=tenant).annotate(waiting=behind)
