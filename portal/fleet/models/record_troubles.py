from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class RecordTroubleKind(models.TextChoices):
    DAMAGE = "damage", _("recorded output is damaged or missing")
    STORE_AWAY = "store-away", _("recorded output is not taken")
    OUTPUT_LOST = "output-lost", _("recorded output was lost")


class RecordTrouble(models.Model):
    """Records of a tenant are not kept as promised in one storage account; none is the portal's own store. Of each kind one is open at a time, however much is concerned.

    `vm` is the machine in whose log it was first seen. What is over before `told_at` is forgotten.
    """

    tenant = models.ForeignKey("accounts.Tenant", models.CASCADE, related_name="+")
    account = models.ForeignKey("fleet.StorageAccount", models.CASCADE, null=True, related_name="+")
    vm = models.ForeignKey("fleet.VirtualMachine", models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=RecordTroubleKind)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # what waits for a store that is away, on the hosts' disks alone
    machines = models.PositiveIntegerField(default=0)
    waiting_bytes = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "account", "kind"],
                condition=Q(ended_at=None, account__isnull=False),
                name="one_open_trouble_of_an_account",
            ),
            models.UniqueConstraint(
                fields=["tenant", "kind"],
                condition=Q(ended_at=None, account=None),
                name="one_open_trouble_of_the_own_store",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "ended_at"], name="record_trouble_by_end")]

    @property
    def where(self) -> str:
        return self.account.name if self.account else gettext("the portal's own store")

    def at(self, *, is_over: bool) -> datetime:
        """When what is told of it was so."""
        return self.ended_at if is_over and self.ended_at else self.began_at
