from typing import Any

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models.audit_keys import Family, Place, SubscriptionOf


class AppendOnly(Exception):
    """Raised where code tries to change or delete what happened."""


class AuditChain(models.Model):
    """One chain per tenant, and one without a tenant for what belongs to none. It holds the newest link."""

    tenant = models.OneToOneField("accounts.Tenant", models.PROTECT, null=True, related_name="audit_chain")
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    # what came before was sealed and left the table: the first entry there follows this link
    sealed_seq = models.PositiveBigIntegerField(default=0)
    sealed_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            # a database takes any number of rows without a tenant for different ones
            models.UniqueConstraint(Value(1), condition=Q(tenant=None), name="one_platform_chain")
        ]

    def __str__(self) -> str:
        return str(self.tenant) if self.tenant else "platform"


class Outcome(models.TextChoices):
    SUCCEEDED = "succeeded", _("succeeded")
    REFUSED = "refused", _("refused")
    FAILED = "failed", _("failed")


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def update(self, **kwargs: Any) -> int:
        raise AppendOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly


class AuditEntry(models.Model):
    id = models.BigAutoField(primary_key=True)
    chain = models.ForeignKey(AuditChain, models.PROTECT, related_name="entries")
    seq = models.PositiveBigIntegerField()
    at = models.DateTimeField(_("time"))
    principal_kind = models.CharField(max_length=20)
    principal_id = models.UUIDField(null=True)
    principal_name = models.CharField(_("who"), max_length=150)
    on_behalf_of = models.CharField(max_length=200, blank=True)
    action = models.CharField(_("action"), max_length=120)
    scope = models.CharField(_("scope"), max_length=400)
    scope_key = models.CharField(max_length=400)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    error_code = models.CharField(_("error"), max_length=60, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    details = models.JSONField(_("details"), default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = AuditQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="one_entry_per_link")]
        # each is a filter of the audit page, in its order; with the id at the end, so that counting never leaves the index
        indexes = [
            models.Index(fields=["chain", "at", "id"], name="audit_by_time"),
            models.Index(fields=["chain", "principal_id", "at", "id"], name="audit_by_person"),
            models.Index(fields=["chain", "principal_name", "at", "id"], name="audit_by_name"),
            models.Index("chain", Place("scope_key"), "at", "id", name="audit_by_place"),
            models.Index("chain", SubscriptionOf("scope_key"), "at", "id", name="audit_by_subscription"),
            # with the action itself: PostgreSQL leaves no index of an expression alone without what it was made of
            models.Index("chain", Family("action"), "at", "id", "action", name="audit_by_family"),
            models.Index(fields=["chain", "outcome", "at", "id"], name="audit_by_outcome"),
            models.Index(fields=["chain", "address", "at", "id"], name="audit_by_address"),
            models.Index(fields=["chain", "request_id", "at", "id"], name="audit_by_request"),
        ]
        ordering = ["-at", "-id"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")

    def __str__(self) -> str:
        return f"{self.chain_id}/{self.seq} {self.action}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnly
