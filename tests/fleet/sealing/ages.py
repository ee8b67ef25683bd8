"""What was recorded long ago, made today."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from django.utils import timezone

from accounts import audit
from accounts.models import AuditChain, Tenant
from accounts.models.audit import AuditEntry
from portal.fleet.models import StorageAccount
from portal.fleet.models.records import Retention
from portal.fleet.sealing.reading import older
from tests.world import SYSTEM, World


@contextmanager
def days_ago(days: float, hour: int = 9) -> Iterator[datetime]:
    at = (timezone.now() - timedelta(days=days)).replace(hour=hour, minute=0)
    with patch("django.utils.timezone.now", return_value=at):
        yield at


def write(tenant: Tenant, count: int = 3, scope: str = "") -> None:
    for number in range(count):
        audit.record(
            by=SYSTEM,
            action="Test/act",
            scope=scope or tenant.scope,
            tenant_id=tenant.id,
            details={"n": number, "wörd": "日本 <b>", "part": 0.1},
        )


def keep(world: World, **days: int | StorageAccount | None) -> Retention:
    """Contoso's audit is sealed into its storage account after thirty days, unless said otherwise."""
    settings = {"seal_after_days": 30, "seal_account": world.storage, **days}
    return Retention.objects.update_or_create(tenant=world.contoso, defaults=settings)[0]


def chain_of(world: World) -> AuditChain:
    return AuditChain.objects.get(tenant=world.contoso)


def in_table(world: World) -> list[int]:
    entries = AuditEntry.objects.filter(chain__tenant=world.contoso).order_by("seq")
    return list(entries.values_list("seq", flat=True))


def sealed_entries(world: World) -> list[AuditEntry]:
    """All that is sealed, newest first."""
    found = older(world.contoso.id, lambda entry: True, most=10_000, seconds=60)
    assert not found.unreadable
    return found.entries
