"""Tenants, subscriptions, resource groups and locations: what a client asks for first, right after signing in."""

from django.db.models import QuerySet
from ninja import Router

from accounts import access, actions
from accounts.access import Verdict, visible_to
from accounts.models import Tenant
from accounts.principals import Principal
from portal.arm import finding, shapes
from portal.arm.paging import page
from portal.arm.requests import ArmRequest
from portal.fleet import selectors
from portal.fleet.models import ResourceGroup, Subscription

router = Router(tags=["Subscriptions"])


@router.get("/tenants")
def list_tenants(request: ArmRequest) -> shapes.Shape:
    """The one that the token was made in, for as long as its owner belongs there."""
    home = Tenant.objects.filter(id__in=[request.principal.tenant_id])
    seen = [
        tenant
        for tenant in home
        if access.decide(request.principal, actions.TENANT_READ, tenant).verdict is not Verdict.UNSEEN
    ]
    return {"value": [shapes.tenant(tenant) for tenant in seen]}


@router.get("/subscriptions")
def list_subscriptions(request: ArmRequest) -> shapes.Shape:
    """Those in which the caller holds any role, on whatever part of them."""
    rows = access.touched(request.principal, Subscription.objects.all())
    return page(request, rows, lambda row: [shapes.subscription(row)])


@router.get("/subscriptions/{subscription}")
def get_subscription(request: ArmRequest, subscription: str) -> shapes.Shape:
    return shapes.subscription(finding.subscription(request.principal, subscription))


@router.get("/subscriptions/{subscription}/locations")
def list_locations(request: ArmRequest, subscription: str) -> shapes.Shape:
    """The places in which the caller sees something."""
    found = finding.subscription(request.principal, subscription)
    groups = _groups(request.principal, found).values_list("location", flat=True)
    vms = selectors.vms(request.principal).filter(subscription=found).values_list("location", flat=True)
    names = sorted({*groups.order_by().distinct(), *vms.order_by().distinct()})
    return {"value": [shapes.location(found, name) for name in names]}


@router.get("/subscriptions/{subscription}/resourceGroups")
def list_resource_groups(request: ArmRequest, subscription: str) -> shapes.Shape:
    groups = _groups(request.principal, finding.subscription(request.principal, subscription))
    return page(request, groups, lambda row: [shapes.resource_group(row)])


@router.get("/subscriptions/{subscription}/resourceGroups/{group}")
def get_resource_group(request: ArmRequest, subscription: str, group: str) -> shapes.Shape:
    scope = f"/subscriptions/{subscription}/resourceGroups/{group}"
    return shapes.resource_group(finding.one(request.principal, actions.GROUP_READ, scope, ResourceGroup))


def _groups(principal: Principal, subscription: Subscription) -> "QuerySet[ResourceGroup]":
    return visible_to(principal, actions.GROUP_READ, ResourceGroup.objects.filter(subscription=subscription))
