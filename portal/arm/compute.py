"""Microsoft.Compute, as far as clients need it to find a machine: lists and one VM, with its state on request."""

from django.db.models import Prefetch, QuerySet
from ninja import Query, Router

from accounts import actions
from accounts.principals import Principal
from portal.arm import finding, shapes
from portal.arm.paging import page
from portal.arm.requests import ArmRequest
from portal.fleet import selectors
from portal.fleet.models import NetworkInterface, VirtualMachine

router = Router(tags=["Virtual machines"])
VMS = "/providers/Microsoft.Compute/virtualMachines"
GROUP = "/subscriptions/{subscription}/resourceGroups/{group}"


@router.get("/subscriptions/{subscription}" + VMS)
def list_vms_of_subscription(request: ArmRequest, subscription: str) -> shapes.Shape:
    found = finding.subscription(request.principal, subscription)
    return page(request, _vms(request.principal).filter(subscription=found), lambda vm: [shapes.vm(vm)])


@router.get(GROUP + VMS)
def list_vms(request: ArmRequest, subscription: str, group: str) -> shapes.Shape:
    found = finding.group(request.principal, f"/subscriptions/{subscription}/resourceGroups/{group}")
    return page(request, _vms(request.principal).filter(resource_group=found), lambda vm: [shapes.vm(vm)])


@router.get(GROUP + VMS + "/{name}")
def get_vm(
    request: ArmRequest, subscription: str, group: str, name: str, expand: str = Query("", alias="$expand")
) -> shapes.Shape:
    vm = _vm(request, subscription, group, name)
    return shapes.vm(vm, with_state=expand.lower() == "instanceview")


@router.get(GROUP + VMS + "/{name}/instanceView")
def get_instance_view(request: ArmRequest, subscription: str, group: str, name: str) -> shapes.Shape:
    return shapes.instance_view(_vm(request, subscription, group, name))


def _vm(request: ArmRequest, subscription: str, group: str, name: str) -> VirtualMachine:
    scope = f"/subscriptions/{subscription}/resourceGroups/{group}{VMS}/{name}"
    return finding.one(request.principal, actions.VM_READ, scope, VirtualMachine)


def _vms(principal: Principal) -> "QuerySet[VirtualMachine]":
    """Instances of scale sets are listed with their sets."""
    interfaces = Prefetch("interfaces", NetworkInterface.objects.select_related("resource_group"))
    return selectors.vms(principal).filter(scale_set=None).prefetch_related(interfaces)
