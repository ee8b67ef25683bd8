"""The stores, as one run of a job uses them. In: an account, a name. Out: objects; one that refused is not asked again in this run, so that it costs one timeout."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import TypeVar
from uuid import UUID

from portal.fleet.models import StorageAccount
from portal.fleet.stores import opening
from portal.fleet.stores.base import Store, StoreTrouble

T = TypeVar("T")
OWN = 0  # the portal's own store
SHARE = 30.0  # seconds of a run that one account may take: the others wait meanwhile
TENANTS_SHARE = 60.0  # and all accounts of one tenant


def name_of(line_id: UUID, start: int, end: int) -> str:
    """The same bytes have the same name, whoever packs them again."""
    return f"{folder_of(line_id)}{start:020}-{end:020}"


def folder_of(line_id: UUID) -> str:
    return f"logs/{line_id}/"


class ShareTaken(StoreTrouble):
    """It is not asked again in this run, though it may well work."""

    def __init__(self) -> None:
        super().__init__(self.UNREACHABLE, "TooSlow")


class Objects:
    """All of it raises StoreTrouble; `get` also Missing."""

    def __init__(self) -> None:
        self._troubles: dict[int, StoreTrouble] = {}
        self._taken: defaultdict[int, float] = defaultdict(float)
        self._taken_by: defaultdict[UUID, float] = defaultdict(float)

    def put(self, account: StorageAccount | None, name: str, data: bytes) -> None:
        self._ask(account, lambda store: store.put(name, data))

    def get(self, account: StorageAccount | None, name: str, most: int) -> bytes:
        return self._ask(account, lambda store: store.get(name, most))

    def delete(self, account: StorageAccount | None, name: str) -> None:
        self._ask(account, lambda store: store.delete(name))

    def names(self, account: StorageAccount | None, prefix: str) -> Iterator[str]:
        yield from self._ask(account, lambda store: list(store.names(prefix)))

    def _ask(self, account: StorageAccount | None, act: Callable[[Store], T]) -> T:
        key = _key(account)
        if key in self._troubles:
            raise self._troubles[key]
        if account and (self._taken[key] > SHARE or self._taken_by[account.tenant_id] > TENANTS_SHARE):
            raise ShareTaken
        began = time.monotonic()
        try:
            return act(opening.store_of(account))
        except StoreTrouble as trouble:
            self._troubles[key] = trouble
            raise
        finally:
            self._has_taken(account, time.monotonic() - began)

    def _has_taken(self, account: StorageAccount | None, seconds: float) -> None:
        self._taken[_key(account)] += seconds
        if account:
            self._taken_by[account.tenant_id] += seconds


def _key(account: StorageAccount | None) -> int:
    return account.pk if account else OWN
