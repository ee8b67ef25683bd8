"""The stores, as one run of a job uses them. In: an account, a name. Out: objects; one that refused is not asked again in this run, so that it costs one timeout."""

from collections.abc import Callable, Iterator
from typing import TypeVar
from uuid import UUID

from portal.fleet.models import StorageAccount
from portal.fleet.stores import opening
from portal.fleet.stores.base import Store, StoreTrouble

T = TypeVar("T")


def name_of(line_id: UUID, start: int, end: int) -> str:
    """The same bytes have the same name, whoever packs them again."""
    return f"{folder_of(line_id)}{start:020}-{end:020}"


def folder_of(line_id: UUID) -> str:
    return f"logs/{line_id}/"


class Objects:
    """All of it raises StoreTrouble; `get` also Missing."""

    def __init__(self) -> None:
        self._troubles: dict[int | None, StoreTrouble] = {}

    def put(self, account: StorageAccount | None, name: str, data: bytes) -> None:
        self._ask(account, lambda store: store.put(name, data))

    def get(self, account: StorageAccount | None, name: str) -> bytes:
        return self._ask(account, lambda store: store.get(name))

    def delete(self, account: StorageAccount | None, name: str) -> None:
        self._ask(account, lambda store: store.delete(name))

    def names(self, account: StorageAccount | None, prefix: str) -> Iterator[str]:
        yield from self._ask(account, lambda store: list(store.names(prefix)))

    def _ask(self, account: StorageAccount | None, act: Callable[[Store], T]) -> T:
        key = account.pk if account else None
        if key in self._troubles:
            raise self._troubles[key]
        try:
            return act(opening.store_of(account))
        except StoreTrouble as trouble:
            self._troubles[key] = trouble
            raise
