"""The store behind a storage account. In: an account, or None for the portal's own store. Out: a Store, or StoreTrouble."""

from functools import lru_cache, partial
from pathlib import Path

from django.conf import settings

from accounts.secrets import CannotUnseal, unseal
from portal.fleet.models.storage import StorageAccount, StorageKind
from portal.fleet.stores.base import Store, StoreTrouble
from portal.fleet.stores.folder import FolderStore
from portal.fleet.stores.s3 import S3Store
from portal.fleet.stores.told import Told
from portal.fleet.stores.using import keeps_nothing, nothing_in_the_managed_one


def store_of(account: StorageAccount | None) -> Store:
    if account is None:
        return _managed()
    if account.kind == StorageKind.UNSUPPORTED:
        raise StoreTrouble(StoreTrouble.KIND, account.kind)
    if not account.key_access:
        raise StoreTrouble(StoreTrouble.KEYS_OFF)
    return Told(account, partial(_opened, account))


def _opened(account: StorageAccount) -> Store:
    if account.kind == StorageKind.MANAGED:
        return _managed()
    if account.kind == StorageKind.LOCAL:
        return FolderStore(_folder(account), partial(keeps_nothing, account))
    return _bucket(
        account.endpoint, account.region, account.bucket, account.access_key, account.sealed_secret
    )


def _managed() -> Store:
    return FolderStore(settings.STORES / "managed", nothing_in_the_managed_one)


def _folder(account: StorageAccount) -> Path:
    return Path(settings.STORES) / str(account.tenant_id) / str(account.pk)


@lru_cache(maxsize=64)
def _bucket(endpoint: str, region: str, bucket: str, access_key: str, sealed_secret: str) -> S3Store:
    """Kept, because making one costs more than most requests, and because it keeps connections open."""
    try:
        secret = unseal(sealed_secret)
    except CannotUnseal as error:
        raise StoreTrouble(StoreTrouble.DENIED, "SecretKeyChanged") from error
    if not (access_key and secret):
        raise StoreTrouble(StoreTrouble.DENIED, "NoCredentials")
    return S3Store(endpoint=endpoint, region=region, bucket=bucket, access_key=access_key, secret=secret)
