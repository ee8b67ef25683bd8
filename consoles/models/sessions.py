from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ConsoleSession(models.Model):
    """Somebody attached to a machine's console, from the handshake to the end. It outlives the machine; of what was typed it knows the count.

    While it lives, `seen_at` is renewed every minute by the web process that serves it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", models.PROTECT, related_name="+")
    subscription = models.ForeignKey("fleet.Subscription", models.SET_NULL, null=True, related_name="+")
    vm = models.ForeignKey(
        "fleet.VirtualMachine", models.SET_NULL, null=True, related_name="console_sessions"
    )
    port_number = models.PositiveSmallIntegerField(default=0)
    line_id = models.UUIDField()
    scope = models.CharField(max_length=400)
    vm_name = models.CharField(_("virtual machine"), max_length=64)
    principal_kind = models.CharField(max_length=20)
    principal_id = models.UUIDField()
    principal_name = models.CharField(_("who"), max_length=150)
    address = models.CharField(_("address"), max_length=45, blank=True)
    user_agent = models.CharField(max_length=200, blank=True)
    via = models.CharField(max_length=10)
    mode = models.CharField(max_length=10)
    sign_in_id = models.UUIDField(null=True)
    token_id = models.UUIDField(null=True)
    started_at = models.DateTimeField(_("from"), auto_now_add=True)
    seen_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(_("until"), null=True)
    end_code = models.CharField(_("why it ended"), max_length=20, blank=True)
    ended_by_name = models.CharField(max_length=150, blank=True)
    bytes_in = models.PositiveBigIntegerField(default=0)
    bytes_out = models.PositiveBigIntegerField(default=0)
    from_offset = models.PositiveBigIntegerField(null=True)
    to_offset = models.PositiveBigIntegerField(null=True)
    # where the log ended at the attach: what lies before was shown, but printed earlier
    live_offset = models.PositiveBigIntegerField(null=True)

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["vm", "-started_at"], name="console_by_vm"),
            models.Index(fields=["principal_id", "-started_at"], name="console_by_person"),
            models.Index(fields=["tenant", "-started_at"], name="console_by_tenant"),
            # only those that live: what limits, live lists and the search for lost ones ask
            models.Index(fields=["vm"], condition=Q(ended_at=None), name="console_live_vm"),
            models.Index(fields=["principal_id"], condition=Q(ended_at=None), name="console_live_person"),
            models.Index(fields=["tenant"], condition=Q(ended_at=None), name="console_live_tenant"),
            models.Index(fields=["subscription"], condition=Q(ended_at=None), name="console_live_sub"),
            models.Index(fields=["seen_at"], condition=Q(ended_at=None), name="console_live_seen"),
        ]
        verbose_name = _("console session")
        verbose_name_plural = _("console sessions")

    def __str__(self) -> str:
        return f"{self.principal_name} · {self.vm_name}"

    @property
    def began_offset(self) -> int | None:
        """Where its own time begins in the log; of one from before this was kept, where what it was shown begins."""
        return self.from_offset if self.live_offset is None else self.live_offset

    @property
    def reached_offset(self) -> int | None:
        """Never before where it began, though what it was shown may have ended before that."""
        if self.began_offset is None or self.to_offset is None:
            return self.to_offset
        return max(self.began_offset, self.to_offset)

    @property
    def bytes_before(self) -> int:
        """What it was shown of the time before it."""
        if self.from_offset is None or self.live_offset is None:
            return 0
        behind = self.live_offset if self.to_offset is None else min(self.live_offset, self.to_offset)
        return min(max(behind - self.from_offset, 0), self.bytes_out)

    @property
    def bytes_shown(self) -> int:
        return self.bytes_out - self.bytes_before


class ActKind(models.TextChoices):
    TAKE_OVER = "takeover"
    LOG_OUT = "logout"
    BREAK = "break"


class KeyboardAct(models.Model):
    """What was done at a line's keyboard besides typing, for its log and its replay. The audit entry beside it is sealed one day and leaves the table.

    It goes with its session: whoever acted, or, where the hub itself logged the guest out, whoever came last before.
    """

    session = models.ForeignKey(ConsoleSession, models.CASCADE, related_name="acts")
    line_id = models.UUIDField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=ActKind)
    how = models.CharField(max_length=10, blank=True)
    lost_by_name = models.CharField(max_length=150, blank=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["line_id", "-at"], name="act_by_line")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.session}"
