from portal.fleet.models.networks import (
    NetworkInterface,
    Route,
    SecurityGroup,
    SecurityRule,
    Subnet,
    VirtualNetwork,
)
from portal.fleet.models.operations import HealthEvent, Operation
from portal.fleet.models.scale_sets import ScaleSet
from portal.fleet.models.scoped import Scoped
from portal.fleet.models.storage import StorageAccount
from portal.fleet.models.subscriptions import ResourceGroup, Subscription
from portal.fleet.models.vms import SerialPort, VirtualMachine

__all__ = [
    "HealthEvent",
    "NetworkInterface",
    "Operation",
    "ResourceGroup",
    "Route",
    "ScaleSet",
    "Scoped",
    "SecurityGroup",
    "SecurityRule",
    "SerialPort",
    "StorageAccount",
    "Subnet",
    "Subscription",
    "VirtualMachine",
    "VirtualNetwork",
]
