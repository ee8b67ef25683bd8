from typing import ClassVar
from uuid import UUID, uuid4

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.fleet.models.guests import SightingKind
from portal.fleet.models.scoped import Resource

MIB = 1024 * 1024


class OsKind(models.TextChoices):
    LINUX = "Linux", "Linux"
    WINDOWS = "Windows", "Windows"


class PowerState(models.TextChoices):
    RUNNING = "running", _("Running")
    STARTING = "starting", _("Starting")
    STOPPING = "stopping", _("Stopping")
    STOPPED = "stopped", _("Stopped")
    DEALLOCATING = "deallocating", _("Deallocating")
    DEALLOCATED = "deallocated", _("Stopped (deallocated)")
    UNKNOWN = "unknown", _("Unknown")


# what people ask for in one word
POWER_GROUPS: dict[str, list[str]] = {
    "running": [PowerState.RUNNING],
    "changing": [PowerState.STARTING, PowerState.STOPPING, PowerState.DEALLOCATING],
    "off": [PowerState.STOPPED, PowerState.DEALLOCATED],
    "unknown": [PowerState.UNKNOWN],
}


class ProvisioningState(models.TextChoices):
    CREATING = "Creating", _("Creating")
    UPDATING = "Updating", _("Updating")
    SUCCEEDED = "Succeeded", _("Succeeded")
    FAILED = "Failed", _("Failed")
    DELETING = "Deleting", _("Deleting")


class LogOutOnDetach(models.TextChoices):
    NONE = "none", _("leave the guest's login open")
    STRING = "string", _("send a logout string")
    MODEM = "modem", _("drop the modem line")
    AGENT = "agent", _("hang up through the guest agent")


class VirtualMachine(Resource):
    """One machine with a serial console; an instance of a scale set is one too, with its number as `instance_id`."""

    PROVIDER_TYPE: ClassVar[str] = "Microsoft.Compute/virtualMachines"
    SCOPE_PARENTS: ClassVar[dict[str, str]] = {
        "subscription": "subscriptions",
        "resource_group": "resourcegroups",
        "scale_set": "virtualmachinescalesets",
    }

    # names differ by more than case (see scope_key), so people find and sort them without it
    name_key = models.GeneratedField(
        expression=Lower("name"), output_field=models.CharField(max_length=64), db_persist=True, db_index=True
    )
    scale_set = models.ForeignKey(
        "fleet.ScaleSet", models.PROTECT, null=True, blank=True, related_name="instances"
    )
    instance_id = models.PositiveIntegerField(null=True, blank=True)
    os = models.CharField(_("operating system"), max_length=10, choices=OsKind)
    os_name = models.CharField(_("distribution"), max_length=100, blank=True)
    size = models.CharField(_("size"), max_length=40, blank=True)
    host = models.CharField(_("host"), max_length=100, default="local")
    machine_url = models.CharField(_("machine endpoint"), max_length=500, default="none://")
    power_state = models.CharField(_("power"), max_length=15, choices=PowerState, default=PowerState.UNKNOWN)
    provisioning_state = models.CharField(
        _("provisioning"), max_length=10, choices=ProvisioningState, default=ProvisioningState.SUCCEEDED
    )
    state_changed_at = models.DateTimeField(null=True, blank=True)
    # what its driver says it can do, as the follower of its host last heard it
    machine_can = models.JSONField(default=list, blank=True)
    trouble = models.CharField(max_length=12, choices=SightingKind, blank=True)
    # without trouble: the moment before which whatever was wrong is over
    trouble_at = models.DateTimeField(null=True, blank=True)
    trouble_offset = models.PositiveBigIntegerField(null=True, blank=True)
    boot_diagnostics = models.BooleanField(_("boot diagnostics"), default=True)
    diagnostics_account = models.ForeignKey(
        "fleet.StorageAccount",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("storage account"),
    )
    log_limit_bytes = models.BigIntegerField(
        _("log size limit (bytes)"),
        default=16 * MIB,
        validators=[MinValueValidator(MIB), MaxValueValidator(1024 * MIB)],
    )
    log_out_on_detach = models.CharField(
        _("on detach"), max_length=10, choices=LogOutOnDetach, default=LogOutOnDetach.NONE
    )
    logout_string = models.CharField(_("logout string"), max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scale_set", "instance_id"], name="one_instance_number_per_scale_set"
            ),
            models.CheckConstraint(
                condition=Q(scale_set=None, instance_id=None)
                | Q(scale_set__isnull=False, instance_id__isnull=False),
                name="an_instance_has_a_set_and_a_number",
            ),
        ]
        indexes = [
            # the columns after the id are there so that searching and counting never leave the index
            models.Index(
                fields=["tenant", "name_key", "id", "subscription", "resource_group", "os", "os_name"],
                name="vm_by_name",
            ),
            models.Index(
                fields=["tenant", "power_state", "name_key", "id", "subscription", "resource_group"],
                name="vm_by_power",
            ),
            models.Index(fields=["tenant", "os", "name_key", "id"], name="vm_by_os"),
            models.Index(fields=["tenant", "host", "name_key", "id"], name="vm_by_host"),
            models.Index(fields=["subscription", "name_key", "id"], name="vm_by_subscription"),
            models.Index(fields=["resource_group", "name_key", "id"], name="vm_by_group"),
            models.Index(
                fields=["tenant", "name_key", "id"],
                name="vm_failed",
                condition=Q(provisioning_state=ProvisioningState.FAILED),
            ),
            models.Index(fields=["tenant", "name_key", "id"], name="vm_in_trouble", condition=~Q(trouble="")),
            models.Index(fields=["host", "id"], name="vm_followed", condition=~Q(machine_url="none://")),
        ]
        ordering = ["name", "id"]
        verbose_name = _("virtual machine")
        verbose_name_plural = _("virtual machines")

    @property
    def scope(self) -> str:
        if self.scale_set is not None:
            return f"{self.scale_set.scope}/virtualMachines/{self.instance_id}"
        return super().scope

    @property
    def log_limit_mib(self) -> int:
        return self.log_limit_bytes // MIB

    def get_absolute_url(self) -> str:
        return self._page("vm", "instance")

    @property
    def console_url(self) -> str:
        return self._page("console", "instance_console")

    @property
    def boot_diagnostics_url(self) -> str:
        return self._page("vm_boot_diagnostics", "instance_boot_diagnostics")

    def _page(self, of_vm: str, of_instance: str) -> str:
        place = {"sub": self.subscription_id, "group": self.resource_group.name}
        if self.scale_set is not None:
            return reverse(
                of_instance, kwargs={**place, "name": self.scale_set.name, "instance": self.instance_id}
            )
        return reverse(of_vm, kwargs={**place, "name": self.name})


class SerialPort(models.Model):
    """A serial port of a VM: where its bytes come from, and its own switch. COM1 / ttyS0 is number 0.

    Its log is found by `line_id`, so that a new machine of an old name never shows what the old one printed.
    """

    line_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    vm = models.ForeignKey(VirtualMachine, models.CASCADE, related_name="ports")
    number = models.PositiveSmallIntegerField(default=0)
    url = models.CharField(_("serial endpoint"), max_length=500)
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["vm", "number"], name="one_port_per_number")]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.vm}/{self.number}"

    @property
    def name_in_guest(self) -> str:
        return f"COM{self.number + 1} / ttyS{self.number}"

    @property
    def tenant_id(self) -> UUID:
        return self.vm.tenant_id

    @property
    def scope(self) -> str:
        return f"{self.vm.scope}/providers/Microsoft.SerialConsole/serialPorts/{self.number}"

    @property
    def address_rules(self) -> list[str]:
        return self.vm.address_rules
