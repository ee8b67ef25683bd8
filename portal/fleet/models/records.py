"""What is kept, how long, and what is made of it: retention, holds, sealed audit, exports, saved views. None of it is the records themselves."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Retention(models.Model):
    """How long a tenant keeps what; None keeps it for ever. Entries older than `seal_after_days` are sealed into a store."""

    tenant = models.OneToOneField("accounts.Tenant", models.CASCADE, related_name="retention")
    log_days = models.PositiveIntegerField(_("recorded output (days)"), null=True, blank=True)
    session_days = models.PositiveIntegerField(_("sessions (days)"), null=True, blank=True, default=400)
    audit_days = models.PositiveIntegerField(_("audit entries (days)"), null=True, blank=True)
    seal_after_days = models.PositiveIntegerField(_("seal audit entries after (days)"), null=True, blank=True)
    seal_account = models.ForeignKey(
        "fleet.StorageAccount",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("storage account"),
    )


class LegalHold(models.Model):
    """While it is not ended, nothing recorded at the scope or below it is deleted, by nobody and by no clock."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", models.PROTECT, related_name="legal_holds")
    scope = models.CharField(_("scope"), max_length=400)
    scope_key = models.CharField(max_length=400)
    reason = models.CharField(_("reason"), max_length=300)
    made_by_id = models.UUIDField(null=True)
    made_by_name = models.CharField(max_length=150)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_by_name = models.CharField(max_length=150, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        indexes = [
            models.Index(fields=["tenant", "scope_key"], condition=Q(ended_at=None), name="hold_in_force")
        ]


class AuditSeal(models.Model):
    """A piece of a chain, moved out of the database into a signed file. Where the file was deleted by retention, this row still proves the chain."""

    chain = models.ForeignKey("accounts.AuditChain", models.PROTECT, related_name="seals")
    first_seq = models.PositiveBigIntegerField()
    last_seq = models.PositiveBigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64, blank=True)
    last_hash = models.CharField(max_length=64)
    account = models.ForeignKey("fleet.StorageAccount", models.PROTECT, null=True, related_name="+")
    blob = models.CharField(max_length=200)
    stored_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    signature = models.CharField(max_length=200)
    sealed_at = models.DateTimeField(auto_now_add=True)
    entries_removed_at = models.DateTimeField(null=True)
    leaving_at = models.DateTimeField(null=True)  # from here on its file may be gone
    deleted_at = models.DateTimeField(null=True)
    damaged_at = models.DateTimeField(null=True)  # its file was found gone or changed
    tried_at = models.DateTimeField(default=timezone.now)  # begun to be read back: the order of turns
    checked_at = models.DateTimeField(default=timezone.now)  # last written, or read back whole or not

    class Meta:
        ordering = ["chain", "first_seq"]
        constraints = [models.UniqueConstraint(fields=["chain", "first_seq"], name="one_seal_per_piece")]
        indexes = [
            models.Index(fields=["checked_at"], condition=Q(deleted_at=None), name="seal_by_check"),
            models.Index(fields=["chain", "tried_at"], condition=Q(deleted_at=None), name="seal_by_try"),
        ]


class ExportState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("in progress")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class AuditExport(models.Model):
    """A file made of exactly what somebody had filtered, for that person alone, until it expires."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", models.CASCADE, related_name="+")
    scope = models.CharField(max_length=400)
    filters = models.JSONField(default=dict)
    form = models.CharField(max_length=5)  # csv or jsonl
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.WAITING)
    expected = models.PositiveBigIntegerField(default=0)
    rows = models.PositiveBigIntegerField(default=0)
    stored_bytes = models.PositiveBigIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0)  # objects so far: `blob`, a number and its mark
    marks = models.JSONField(default=list)  # of each part: of two who made it, one was believed
    cursor = models.JSONField(default=dict)  # where the next part begins
    blob = models.CharField(max_length=200, blank=True)
    missing_files = models.PositiveIntegerField(default=0)  # sealed ones that could not be read
    error_code = models.CharField(max_length=60, blank=True)  # of a store, while it is asked again
    failing_since = models.DateTimeField(null=True)
    asked_by_id = models.UUIDField()
    asked_by_name = models.CharField(max_length=150)
    asked_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["asked_by_id", "-asked_at"], name="export_by_person")]


class SavedView(models.Model):
    """Filters of the audit page under a name, for one person or for everybody of the tenant who reads the audit."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", models.CASCADE, related_name="+")
    owner_id = models.UUIDField()
    owner_name = models.CharField(max_length=150)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=1000, blank=True)
    shared = models.BooleanField(_("for everybody who reads the audit"), default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "owner_id", "name"], name="one_saved_view_per_name")
        ]
