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
    bytes_in = models.PositiveBigIntegerField(default=0)
    bytes_out = models.PositiveBigIntegerField(default=0)
    from_offset = models.PositiveBigIntegerField(null=True)
    to_offset = models.PositiveBigIntegerField(null=True)

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
