"""Which machines of a host are followed. In: the host. Out: one row for each, in one query."""

from dataclasses import dataclass

from portal.fleet.models import VirtualMachine
from portal.fleet.models.vms import ProvisioningState

NOT_YET = (ProvisioningState.CREATING, ProvisioningState.DELETING)
COLUMNS = ("id", "name", "machine_url", "power_state", "boot_diagnostics")


@dataclass(frozen=True)
class Row:
    """`power_state` is in it so that a change by somebody else is noticed."""

    id: int
    name: str
    url: str
    power_state: str
    pictures: bool


def followed(host: str) -> list[Row]:
    vms = VirtualMachine.objects.filter(host=host).exclude(machine_url="none://")
    vms = vms.exclude(provisioning_state__in=NOT_YET).order_by("id")
    return [Row(*values) for values in vms.values_list(*COLUMNS)]
