"""What became of a line's log after the hub sealed a piece of it. In: the archive's jobs. Out: what the readers of logs look up."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

TO_DO = Q(spool_done_at=None) | Q(stores_done_at=None)  # of an Erasure


class PieceState(models.TextChoices):
    KEPT = "kept", _("kept")
    DAMAGED = "damaged", _("damaged")
    LEAVING = "leaving", _("being removed")


class ArchivedPiece(models.Model):
    """A stretch of a line's log as an object of a storage account; no account is the portal's own store. The row is written after the object, and goes after it.

    It is a sealed segment, or as much as there is of one that waits for more, made anew when it comes; or what a deletion left of either.
    """

    line_id = models.UUIDField()
    vm = models.ForeignKey("fleet.VirtualMachine", models.SET_NULL, null=True, related_name="+")
    tenant = models.ForeignKey("accounts.Tenant", models.PROTECT, related_name="+")
    account = models.ForeignKey("fleet.StorageAccount", models.PROTECT, null=True, related_name="+")
    start = models.PositiveBigIntegerField()
    end = models.PositiveBigIntegerField()
    first_ms = models.BigIntegerField()
    last_ms = models.BigIntegerField()
    blob = models.CharField(max_length=200)
    stored_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=PieceState, default=PieceState.KEPT)
    archived_at = models.DateTimeField(auto_now_add=True)
    damaged_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(default=timezone.now)  # begun to be read back: the order of turns
    checked_at = models.DateTimeField(default=timezone.now)  # last written, or read back whole or not

    class Meta:
        ordering = ["line_id", "start"]
        constraints = [models.UniqueConstraint(fields=["line_id", "start"], name="one_archived_piece")]
        indexes = [
            models.Index(fields=["account"], name="piece_by_account"),
            models.Index(fields=["tenant", "last_ms"], name="piece_by_age"),
            models.Index(fields=["state", "checked_at"], name="piece_by_check"),
            models.Index(fields=["tenant", "state", "tried_at"], name="piece_by_try"),
            models.Index(
                fields=["tenant", "state", "tried_at"],
                condition=Q(tried_at__gt=F("checked_at")),
                name="piece_not_read",
            ),
        ]


class LineArchive(models.Model):
    """How far a line's archive has come, and what stands in its way; one row per line, written by the jobs of its host."""

    line_id = models.UUIDField(primary_key=True)
    vm = models.ForeignKey("fleet.VirtualMachine", models.SET_NULL, null=True, related_name="archives")
    tenant = models.ForeignKey("accounts.Tenant", models.CASCADE, related_name="+")
    scope = models.CharField(max_length=400, blank=True)  # of the machine, which it may outlive
    host = models.CharField(max_length=100)
    archived_to = models.PositiveBigIntegerField(default=0)
    spool_start = models.PositiveBigIntegerField(default=0)
    spool_end = models.PositiveBigIntegerField(default=0)
    waiting_bytes = models.PositiveBigIntegerField(default=0)  # on the host's disk alone
    lost_bytes = models.PositiveBigIntegerField(default=0)  # left the spool's window before a store took them
    failing_since = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=60, blank=True)
    looked_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)  # one of its pieces was begun to be read back

    class Meta:
        indexes = [
            models.Index(fields=["host"], name="archive_by_host"),
            models.Index(fields=["tenant"], condition=Q(vm=None), name="archive_removed"),
            models.Index(fields=["tenant"], condition=~Q(error_code=""), name="archive_failing"),
        ]


class Erasure(models.Model):
    """Recorded output before an offset is deleted: because somebody said why, or because its time was over. Done when spool and stores have none of it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    line_id = models.UUIDField()
    vm = models.ForeignKey("fleet.VirtualMachine", models.SET_NULL, null=True, related_name="+")
    tenant = models.ForeignKey("accounts.Tenant", models.PROTECT, related_name="+")
    host = models.CharField(max_length=100)
    scope = models.CharField(max_length=400)
    before = models.PositiveBigIntegerField()
    first = models.PositiveBigIntegerField(null=True)  # where the log began then
    by_clock = models.BooleanField(default=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    asked_by_name = models.CharField(max_length=150)
    asked_at = models.DateTimeField(auto_now_add=True)
    spool_done_at = models.DateTimeField(null=True)
    stores_done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]
        indexes = [
            models.Index(fields=["line_id", "-before"], name="erasure_by_line"),
            models.Index(fields=["host"], condition=TO_DO, name="erasure_to_do"),
        ]


class LinkForm(models.TextChoices):
    PLAIN = "plain", _("plain text")
    RAW = "raw", _("raw")
    CAST = "cast", _("asciicast")


class LogLink(models.Model):
    """An address that gives one machine's log to whoever has it, until it expires, is ended, or its maker may not read the log any more."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", models.CASCADE, related_name="+")
    vm = models.ForeignKey("fleet.VirtualMachine", models.CASCADE, related_name="log_links")
    line_id = models.UUIDField()
    port_number = models.PositiveSmallIntegerField(default=0)
    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=4)
    form = models.CharField(max_length=5, choices=LinkForm)
    from_offset = models.PositiveBigIntegerField(null=True)
    to_offset = models.PositiveBigIntegerField(null=True)
    made_by_kind = models.CharField(max_length=20)
    made_by_id = models.UUIDField()
    made_by_name = models.CharField(max_length=150)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=150, blank=True)
    uses = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-made_at"]
        indexes = [
            models.Index(fields=["vm", "-made_at"], name="link_by_vm"),
            models.Index(fields=["expires_at"], name="link_by_end"),
        ]
