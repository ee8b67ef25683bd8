"""Objects that no row knows: somebody was killed between the two. In: a line, locked. Out: none of them."""

from uuid import UUID

from consoles.archive.objects import Objects, folder_of
from consoles.models import ArchivedPiece
from portal.fleet.models import SerialPort, StorageAccount


def accounts_of(line_id: UUID) -> list[StorageAccount | None]:
    """Where objects of the line are, or may be: the stores of its pieces, its machine's, and the portal's own."""
    pieces = ArchivedPiece.objects.filter(line_id=line_id).exclude(account=None)
    ids = set(pieces.order_by().values_list("account", flat=True).distinct())
    ports = SerialPort.objects.filter(line_id=line_id).exclude(vm__diagnostics_account=None)
    ids.update(ports.values_list("vm__diagnostics_account", flat=True))
    return [None, *StorageAccount.objects.filter(pk__in=ids)]


def sweep(line_id: UUID, accounts: list[StorageAccount | None], objects: Objects) -> int:
    """Raises StoreTrouble. How many there were. Two accounts may be one place: what a row of any knows stays."""
    swept = 0
    known = set(ArchivedPiece.objects.filter(line_id=line_id).values_list("blob", flat=True))
    for account in accounts:
        for name in objects.names(account, folder_of(line_id)):
            if name not in known:
                objects.delete(account, name)
                swept += 1
    return swept
