from typing import ClassVar
from uuid import uuid4

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.fleet.models.scoped import Scoped, group_name

MOST_MINUTES = 7 * 24 * 60


class Subscription(Scoped):
    id = models.UUIDField(primary_key=True, default=uuid4)
    name = models.CharField(_("name"), max_length=100)
    console_enabled = models.BooleanField(_("serial console enabled"), default=True)
    console_changed_at = models.DateTimeField(null=True, editable=False)
    console_changed_by = models.CharField(max_length=150, blank=True, editable=False)
    console_reason = models.CharField(_("reason"), max_length=300, blank=True)
    address_rules = models.JSONField(_("allowed addresses"), default=list, blank=True)
    # 0: none
    console_idle_minutes = models.PositiveSmallIntegerField(
        _("idle time (minutes)"), default=0, validators=[MaxValueValidator(MOST_MINUTES)]
    )
    console_longest_minutes = models.PositiveSmallIntegerField(
        _("longest session (minutes)"), default=0, validators=[MaxValueValidator(MOST_MINUTES)]
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="one_subscription_name_per_tenant",
                violation_error_message=_("This name is taken."),
            )
        ]
        ordering = ["name", "id"]
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> str:
        return f"/subscriptions/{self.id}"


class ResourceGroup(Scoped):
    SCOPE_PARENTS: ClassVar[dict[str, str]] = {"subscription": "subscriptions"}

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="resource_groups")
    name = models.CharField(_("name"), max_length=90, validators=[group_name])
    location = models.CharField(_("location"), max_length=40, default="local")
    tags = models.JSONField(_("tags"), default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("resource group")
        verbose_name_plural = _("resource groups")

    def __str__(self) -> str:
        return self.name

    @property
    def scope(self) -> str:
        return f"/subscriptions/{self.subscription_id}/resourceGroups/{self.name}"

    @property
    def address_rules(self) -> list[str]:
        return self.subscription.address_rules
