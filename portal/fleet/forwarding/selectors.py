"""What a page of forwarding shows. In: a tenant, or none. Out: its targets, each with how many entries of its chain it has not had yet."""

from django.db.models import Case, F, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Greatest

from accounts.models import AuditChain, Tenant
from portal.fleet.models import ForwardTarget

# the number of the newest entry in a target's own chain
NEWEST = Case(
    When(tenant=None, then=Subquery(AuditChain.objects.filter(tenant=None).values("seq"))),
    default=F("tenant__audit_chain__seq"),
)
BEHIND = Greatest(Coalesce(NEWEST, 0) - F("done_seq"), 0)


def targets_of(tenant: Tenant) -> "QuerySet[ForwardTarget]":
    return _behind(ForwardTarget.objects.filter(tenant=tenant))


def targets_of_platform() -> "QuerySet[ForwardTarget]":
    return _behind(ForwardTarget.objects.filter(tenant=None))


def _behind(targets: "QuerySet[ForwardTarget]") -> "QuerySet[ForwardTarget]":
    return targets.annotate(waiting=BEHIND)
