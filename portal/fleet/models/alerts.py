from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q

from portal.fleet.models.targets import AlertTarget


class Alert(models.Model):
    """One message to one target, until it arrived or was given up: of a machine, or of records, whose trouble is told of again when it is over."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    target = models.ForeignKey(AlertTarget, models.CASCADE, related_name="alerts")
    sighting = models.ForeignKey("fleet.Sighting", models.CASCADE, null=True, related_name="+")
    trouble = models.ForeignKey("fleet.RecordTrouble", models.CASCADE, null=True, related_name="+")
    is_over = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["target", "sighting"], name="one_alert_per_target_and_sighting"),
            models.UniqueConstraint(
                fields=["target", "trouble", "is_over"], name="one_alert_per_target_and_trouble"
            ),
            models.CheckConstraint(
                condition=Q(sighting__isnull=False, trouble=None, is_over=False)
                | Q(sighting=None, trouble__isnull=False),
                name="an_alert_is_of_one_thing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(delivered_at=None, given_up_at=None),
                name="alert_waiting",
            )
        ]

    @property
    def at(self) -> datetime:
        """When what it tells of was so."""
        if self.trouble is not None:
            return self.trouble.at(is_over=self.is_over)
        return self.sighting.at if self.sighting else self.made_at
