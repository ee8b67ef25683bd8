"""What every store promises. In: names and whole objects. Out: the same bytes later, or a StoreTrouble that says what stands in the way."""

from collections.abc import Iterator
from typing import Protocol


class StoreTrouble(Exception):
    """`code` is one of these; `detail` the store's own word for it, already free of secrets."""

    NOT_FOUND = "StorageAccountNotFound"
    FORBIDDEN = "StorageAccountForbidden"
    DENIED = "StorageCredentialsRefused"
    KEYS_OFF = "StorageKeyAccessDisabled"
    KIND = "StorageAccountKindNotSupported"
    NO_NAME = "StorageNameUnknown"
    NOT_LISTENING = "StorageNotListening"
    NO_TLS = "StorageCertificateNotTrusted"
    UNREACHABLE = "StorageAccountUnreachable"
    FULL = "StorageAccountFull"
    ELSEWHERE = "StorageAddressNotAllowed"

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


class Missing(Exception):
    """There is no object of that name."""


class Store(Protocol):
    """Names are `a/b/c` of letters, digits, `-`, `_` and `.`; an object is there whole or not at all."""

    def put(self, name: str, data: bytes) -> None: ...

    def get(self, name: str, most: int | None = None) -> bytes:
        """Raises Missing. Whoever knows its size says so: of a longer one comes no more than a byte too much, and no longer is waited for it."""

    def delete(self, name: str) -> None:
        """One that is not there is deleted already."""

    def names(self, prefix: str) -> Iterator[str]: ...
