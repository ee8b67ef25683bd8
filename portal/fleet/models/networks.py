from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.fleet.models.scoped import Resource


class VirtualNetwork(Resource):
    PROVIDER_TYPE: ClassVar[str] = "Microsoft.Network/virtualNetworks"

    address_space = models.JSONField(_("address space"), default=list)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("virtual network")
        verbose_name_plural = _("virtual networks")


class SecurityGroup(Resource):
    PROVIDER_TYPE: ClassVar[str] = "Microsoft.Network/networkSecurityGroups"

    class Meta:
        ordering = ["name", "id"]


class SecurityRule(models.Model):
    """A rule as ARM has it: the lowest priority that matches decides."""

    group = models.ForeignKey(SecurityGroup, models.CASCADE, related_name="rules")
    name = models.CharField(max_length=80)
    priority = models.PositiveIntegerField(validators=[MinValueValidator(100), MaxValueValidator(4096)])
    direction = models.CharField(
        max_length=8, choices=[("Inbound", _("inbound")), ("Outbound", _("outbound"))]
    )
    access = models.CharField(max_length=5, choices=[("Allow", _("allow")), ("Deny", _("deny"))])
    protocol = models.CharField(max_length=4, default="*")
    source = models.CharField(max_length=50, default="*")
    source_ports = models.CharField(max_length=50, default="*")
    destination = models.CharField(max_length=50, default="*")
    destination_ports = models.CharField(max_length=50, default="*")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "direction", "priority"], name="one_rule_per_priority"),
            models.UniqueConstraint(fields=["group", "name"], name="one_rule_name_per_group"),
        ]
        ordering = ["direction", "priority"]


class Subnet(models.Model):
    network = models.ForeignKey(VirtualNetwork, models.CASCADE, related_name="subnets")
    name = models.CharField(max_length=80)
    prefix = models.CharField(_("address range"), max_length=50)
    security_group = models.ForeignKey(
        SecurityGroup, models.SET_NULL, null=True, blank=True, related_name="subnets"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["network", "name"], name="one_subnet_name_per_network")
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Route(models.Model):
    subnet = models.ForeignKey(Subnet, models.CASCADE, related_name="routes")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=50)
    next_hop_type = models.CharField(max_length=30)
    next_hop_address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subnet", "name"], name="one_route_name_per_subnet")]
        ordering = ["name"]


class NetworkInterface(Resource):
    PROVIDER_TYPE: ClassVar[str] = "Microsoft.Network/networkInterfaces"

    vm = models.ForeignKey(
        "fleet.VirtualMachine", models.CASCADE, null=True, blank=True, related_name="interfaces"
    )
    subnet = models.ForeignKey(Subnet, models.PROTECT, related_name="interfaces")
    security_group = models.ForeignKey(
        SecurityGroup, models.SET_NULL, null=True, blank=True, related_name="interfaces"
    )
    private_address = models.GenericIPAddressField(_("private address"))
    public_address = models.GenericIPAddressField(_("public address"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subnet", "private_address"], name="one_interface_per_address")
        ]
        ordering = ["name", "id"]
