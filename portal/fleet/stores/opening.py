"""The store behind a storage account. In: an account, or None for the portal's own store. Out: a Store, or StoreTrouble."""

from pathlib import Path

from django.conf import settings

from portal.fleet.models.storage import StorageAccount, StorageKind
from portal.fleet.stores.base import Store, StoreTrouble
from portal.fleet.stores.folder import FolderStore


def store_of(account: StorageAccount | None) -> Store:
    if account is None or account.kind == StorageKind.MANAGED:
        return FolderStore(settings.STORES / "managed")
    if account.kind == StorageKind.LOCAL:
        return FolderStore(_folder(account))
    raise StoreTrouble(StoreTrouble.KIND, account.kind)


def _folder(account: StorageAccount) -> Path:
    return Path(settings.STORES) / str(account.tenant_id) / str(account.pk)
