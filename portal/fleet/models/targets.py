"""Where a tenant hears of trouble, and where its audit log goes besides this portal. Both are one shape: a target."""

from typing import ClassVar
from urllib.parse import urlsplit
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import actions

WEBHOOK = "webhook"  # the kind that both have


class Target(models.Model):
    """A webhook's secret is sealed; deliveries are signed with it. `last_error` is a code of portal/fleet/targets/failures.py."""

    MOST: ClassVar[int]  # of one tenant, and of the platform
    SECRET: ClassVar[str]  # how its secrets begin
    CHANGE: ClassVar[str]  # the action that its changes are recorded as,
    NOUN: ClassVar[str]  # and what it is called there

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=10)
    address = models.CharField(_("address"), max_length=300)
    sealed_secret = models.TextField(blank=True)
    enabled = models.BooleanField(_("enabled"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_ok_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    last_error_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["kind", "address"]

    @property
    def is_webhook(self) -> bool:
        return self.kind == WEBHOOK

    @property
    def told_as(self) -> str:
        """In the audit log. Many services put a secret into the path of a webhook's address."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if self.is_webhook else self.address


class AlertKind(models.TextChoices):
    WEBHOOK = "webhook", _("webhook")
    EMAIL = "email", _("e-mail")


class AlertTarget(Target):
    """Where a tenant wants to hear of trouble."""

    MOST, SECRET, CHANGE, NOUN = 10, "hp_alert", actions.TENANT_WRITE, "alert_target"

    tenant = models.ForeignKey("accounts.Tenant", models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=AlertKind)

    class Meta(Target.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind", "address"], name="one_alert_target_per_address")
        ]


class ForwardKind(models.TextChoices):
    SYSLOG = "syslog", _("syslog over TLS")
    WEBHOOK = "webhook", _("webhook")


class ForwardTarget(Target):
    """Where the entries of one audit chain go as they are made, in their order. `done_seq` is the last one that surely arrived.

    Without a tenant it is the platform's own. `next_try_at` is when it is tried again after a failure; `claimed_until` is set while
    somebody sends, and nobody else may.
    """

    MOST, SECRET, CHANGE, NOUN = 5, "hp_forward", actions.FORWARDING_WRITE, "forward_target"

    kind = models.CharField(_("kind"), max_length=10, choices=ForwardKind)
    authority = models.TextField(_("certificate authority (PEM)"), blank=True)
    done_seq = models.PositiveBigIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)

    class Meta(Target.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "kind", "address"], name="one_forward_target_per_address"
            ),
            models.UniqueConstraint(
                fields=["kind", "address"],
                condition=Q(tenant=None),
                name="one_platform_forward_target_per_address",
            ),
        ]
