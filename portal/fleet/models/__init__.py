from portal.fleet.models.alerts import Alert
from portal.fleet.models.guests import GuestFacts, Screenshot, Sighting, SightingKind
from portal.fleet.models.networks import (
    NetworkInterface,
    Route,
    SecurityGroup,
    SecurityRule,
    Subnet,
    VirtualNetwork,
)
from portal.fleet.models.operations import HealthEvent, Operation, OperationKind, OperationState
from portal.fleet.models.record_troubles import RecordTrouble, RecordTroubleKind
from portal.fleet.models.records import (
    AuditExport,
    AuditSeal,
    ExportState,
    LegalHold,
    Retention,
    SavedView,
)
from portal.fleet.models.scale_sets import ScaleSet
from portal.fleet.models.scoped import Scoped
from portal.fleet.models.storage import StorageAccount
from portal.fleet.models.subscriptions import ResourceGroup, Subscription
from portal.fleet.models.targets import AlertKind, AlertTarget, ForwardKind, ForwardTarget, Target
from portal.fleet.models.vms import SerialPort, VirtualMachine

__all__ = [
    "Alert",
    "AlertKind",
    "AlertTarget",
    "AuditExport",
    "AuditSeal",
    "ExportState",
    "ForwardKind",
    "ForwardTarget",
    "GuestFacts",
    "HealthEvent",
    "LegalHold",
    "NetworkInterface",
    "Operation",
    "OperationKind",
    "OperationState",
    "RecordTrouble",
    "RecordTroubleKind",
    "ResourceGroup",
    "Retention",
    "Route",
    "SavedView",
    "ScaleSet",
    "Scoped",
    "Screenshot",
    "SecurityGroup",
    "SecurityRule",
    "SerialPort",
    "Sighting",
    "SightingKind",
    "StorageAccount",
    "Subnet",
    "Subscription",
    "Target",
    "VirtualMachine",
    "VirtualNetwork",
]
