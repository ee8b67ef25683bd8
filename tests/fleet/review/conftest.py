from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, audit
from accounts.models import AuditEntry
from portal.fleet.models import Retention, StorageAccount
from portal.fleet.review import exports, queue
from portal.fleet.sealing import sealing
from portal.fleet.sealing.sealing import seal_audit
from tests.world import World

Note = Callable[..., AuditEntry]
Seen = Callable[..., list[AuditEntry]]


@pytest.fixture
def note(world: World) -> Note:
    def noted(who: str, action: str, scope: str, **fields: object) -> AuditEntry:
        principal = world.principal(who)
        return audit.record(by=principal, action=action, scope=scope, tenant_id=principal.tenant_id, **fields)  # type: ignore[arg-type]

    return noted


@pytest.fixture
def address(world: World) -> Callable[..., str]:
    """Of one of the audit's pages, about a scope; the tenant's unless another is named."""

    def found(name: str, *args: object, scope: str = "") -> str:
        return reverse(name, args=[*args, (scope or world.contoso.scope).lstrip("/")])

    return found


@pytest.fixture
def seen(client_of: Callable[[str], Client], address: Callable[..., str]) -> Seen:
    """What the auditor is shown under some filters, newest first."""
    client = client_of("auditor")

    def shown(scope: str = "", **query: str) -> list[AuditEntry]:
        return [line.entry for line in client.get(address("activity", scope=scope), query).context["lines"]]

    return shown


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was given to workers."""
    found: list[Any] = []
    monkeypatch.setattr(queue, "make_soon", found.append)
    return found


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, asked: list[Any]) -> None:
    """Four entries are too many to come at once, and three make a part."""
    monkeypatch.setattr(exports, "AT_ONCE", 4)
    monkeypatch.setattr(exports, "PART", 3)


@pytest.fixture
def ten(world: World, note: Note) -> list[AuditEntry]:
    entries = [note("contributor", actions.VM_WRITE, world.vm.scope, details={"n": n}) for n in range(10)]
    return entries[::-1]


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two entries are a sealed file."""
    monkeypatch.setattr(sealing, "PIECE", 2)


@pytest.fixture
def sealed(world: World, note: Note, monkeypatch: pytest.MonkeyPatch) -> list[AuditEntry]:
    """Six entries of the machine, newest first; what there was before the last two is in sealed files."""
    old = [
        note("contributor", actions.VM_WRITE, world.vm.scope, details={"name": f"old {n}"}) for n in range(4)
    ]
    Retention.objects.create(tenant=world.contoso, seal_after_days=1, seal_account=world.storage)
    with monkeypatch.context() as later:
        tomorrow = timezone.now() + timedelta(days=2)
        later.setattr(timezone, "now", lambda: tomorrow)
        seal_audit(tenant_id=world.contoso.id, seconds=20)
    StorageAccount.objects.update(last_ok_at=timezone.now())  # not the day after tomorrow
    new = [
        note("contributor", actions.VM_WRITE, world.vm.scope, details={"name": f"new {n}"}) for n in range(2)
    ]
    assert not AuditEntry.objects.filter(id__in=[one.id for one in old]).exists()
    return [*new[::-1], *old[::-1]]
