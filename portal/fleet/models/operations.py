from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _


class OperationState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("in progress")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class Operation(models.Model):
    """One act on a machine, from the moment somebody asked for it until it ended; shown in the page and polled by REST."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    vm = models.ForeignKey("fleet.VirtualMachine", models.CASCADE, related_name="operations")
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=OperationState, default=OperationState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.CharField(max_length=300, blank=True)
    asked_by_id = models.UUIDField(null=True)
    asked_by_name = models.CharField(max_length=150)
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["vm", "-asked_at"], name="operation_by_vm")]


class HealthEvent(models.Model):
    """What was known of a VM's availability from a moment on; the newest is its health now."""

    vm = models.ForeignKey("fleet.VirtualMachine", models.CASCADE, related_name="health_events")
    at = models.DateTimeField()
    state = models.CharField(
        max_length=12,
        choices=[
            ("Available", _("available")),
            ("Unavailable", _("unavailable")),
            ("Degraded", _("degraded")),
            ("Unknown", _("unknown")),
        ],
    )
    summary = models.CharField(max_length=300)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["vm", "-at"], name="health_by_vm")]
