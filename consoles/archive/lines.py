"""Whose archives a host's jobs look after. In: the host. Out: each line with all that its archive depends on, in three queries."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from consoles.models import LineArchive
from portal.fleet.models import SerialPort, StorageAccount, VirtualMachine
from portal.fleet.services.states import NO_LINE


@dataclass(frozen=True)
class Line:
    """`limit` is None for a machine that was removed: what is left of its log goes to the portal's own store. `off`: nothing more is printed."""

    id: UUID
    tenant_id: UUID
    scope: str
    host: str
    vm_id: int | None = None
    account: StorageAccount | None = None
    limit: int | None = None
    off: bool = True

    @property
    def folder(self) -> Path:
        return Path(settings.SPOOL) / str(self.id)


def lines_of(host: str) -> tuple[list[Line], dict[UUID, LineArchive]]:
    """The lines, and how far their archives have come."""
    ports = SerialPort.objects.filter(vm__host=host).select_related(
        "vm__diagnostics_account", "vm__resource_group", "vm__scale_set__resource_group"
    )
    lines = {port.line_id: _of_port(port, port.vm) for port in ports.order_by("id")}
    archives = LineArchive.objects.filter(host=host).in_bulk()
    removed = [_removed(archive) for archive in archives.values() if archive.line_id not in lines]
    return [*lines.values(), *removed], archives


def keep(row: LineArchive) -> None:
    """All of it but when one of its pieces was tried, which somebody else writes meanwhile."""
    names = {field.name for field in LineArchive._meta.concrete_fields}
    row.save(update_fields=names - {"line_id", "tried_at"})


def _of_port(port: SerialPort, vm: VirtualMachine) -> Line:
    off = not (port.enabled and vm.boot_diagnostics) or vm.power_state in NO_LINE
    return Line(
        id=port.line_id,
        tenant_id=vm.tenant_id,
        scope=vm.scope,
        host=vm.host,
        vm_id=vm.pk,
        account=vm.diagnostics_account,
        limit=vm.log_limit_bytes,
        off=off,
    )


def _removed(archive: LineArchive) -> Line:
    return Line(archive.line_id, archive.tenant_id, archive.scope, archive.host)
