from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AlertKind(models.TextChoices):
    WEBHOOK = "webhook", _("webhook")
    EMAIL = "email", _("e-mail")


class AlertTarget(models.Model):
    """Where a tenant wants to hear of trouble. A webhook's secret is sealed; deliveries are signed with it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", models.CASCADE, related_name="alert_targets")
    kind = models.CharField(_("kind"), max_length=10, choices=AlertKind)
    address = models.CharField(_("address"), max_length=300)
    sealed_secret = models.TextField(blank=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_ok_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    last_error_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "address"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "address"], name="one_alert_target_per_address")
        ]


class Alert(models.Model):
    """One message to one target, until it arrived or was given up."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    target = models.ForeignKey(AlertTarget, models.CASCADE, related_name="alerts")
    sighting = models.ForeignKey("fleet.Sighting", models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["target", "sighting"], name="one_alert_per_target_and_sighting")
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(delivered_at=None, given_up_at=None),
                name="alert_waiting",
            )
        ]
