from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OperationState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("in progress")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


UNFINISHED = (OperationState.WAITING, OperationState.RUNNING)


class OperationKind(models.TextChoices):
    START = "start", _("Start")
    RESTART = "restart", _("Restart")
    SHUT_DOWN = "shut_down", _("Shut down")
    POWER_OFF = "power_off", _("Power off")
    RESET = "reset", _("Hard reset")
    DEALLOCATE = "deallocate", _("Stop (deallocate)")
    REDEPLOY = "redeploy", _("Redeploy")
    NMI = "nmi", _("Non-maskable interrupt")
    SYSRQ = "sysrq", _("SysRq")
    CTRL_ALT_DEL = "ctrl_alt_del", _("Ctrl-Alt-Del")
    SCREENSHOT = "screenshot", _("Screenshot")
    FACTS = "facts", _("Ask the guest agent")
    HANG_UP = "hang_up", _("Hang up the console's login")


class Operation(models.Model):
    """One act on a machine, from the moment somebody asked for it until it ended; shown in the page and polled by REST.

    Of the exclusive ones a machine has at most one unfinished; `deadline` is when whoever performs it must have been done.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    vm = models.ForeignKey("fleet.VirtualMachine", models.CASCADE, related_name="operations")
    kind = models.CharField(max_length=40, choices=OperationKind)
    exclusive = models.BooleanField(default=True)
    state = models.CharField(max_length=10, choices=OperationState, default=OperationState.WAITING)
    progress = models.PositiveSmallIntegerField(default=0)
    details = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_message = models.CharField(max_length=300, blank=True)
    asked_by_kind = models.CharField(max_length=20, default="User")
    asked_by_id = models.UUIDField(null=True)
    asked_by_name = models.CharField(max_length=150)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=45, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    deadline = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["vm"],
                condition=Q(exclusive=True, state__in=["waiting", "running"]),
                name="one_exclusive_operation_per_vm",
            )
        ]
        indexes = [
            models.Index(fields=["vm", "-asked_at"], name="operation_by_vm"),
            models.Index(fields=["asked_by_id", "-asked_at"], name="operation_by_person"),
            models.Index(
                fields=["deadline"],
                condition=Q(state__in=["waiting", "running"]),
                name="operation_unfinished",
            ),
        ]

    @property
    def unfinished(self) -> bool:
        return self.state in UNFINISHED


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
