from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SightingKind(models.TextChoices):
    PANIC = "panic", _("kernel panic")
    OOPS = "oops", _("kernel oops")
    EMERGENCY = "emergency", _("emergency mode")
    FSCK = "fsck", _("file-system check failed")
    GRUB = "grub", _("boot menu")
    LOGIN = "login", _("login prompt")
    SAC = "sac", _("SAC prompt")


TROUBLE = (SightingKind.PANIC, SightingKind.OOPS, SightingKind.EMERGENCY, SightingKind.FSCK)


class Sighting(models.Model):
    """Something known was seen in what a machine printed, at an offset of its log; or told by the machine itself, without one.

    What was printed around it is not kept here: reading the log is a right of its own.
    """

    vm = models.ForeignKey("fleet.VirtualMachine", models.CASCADE, related_name="sightings")
    port_number = models.PositiveSmallIntegerField(default=0)
    line_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=12, choices=SightingKind)
    offset = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["vm", "-at"], name="sighting_by_vm"),
            models.Index(fields=["at"], name="sighting_by_time"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["line_id", "offset", "kind"],
                condition=Q(offset__isnull=False),
                name="a_sighting_is_told_once",
            )
        ]


class GuestFacts(models.Model):
    """What the guest's agent said last. `answered_at` is null for an agent that never did."""

    vm = models.OneToOneField("fleet.VirtualMachine", models.CASCADE, related_name="facts")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    os_name = models.CharField(max_length=100, blank=True)
    kernel = models.CharField(max_length=100, blank=True)
    host_name = models.CharField(max_length=100, blank=True)
    addresses = models.JSONField(default=list, blank=True)  # [[interface, address], …]


class Screenshot(models.Model):
    """The newest picture of a machine's display."""

    vm = models.OneToOneField("fleet.VirtualMachine", models.CASCADE, related_name="screenshot")
    taken_at = models.DateTimeField()
    png = models.BinaryField()
