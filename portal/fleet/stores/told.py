"""A store whose account remembers how it answered. In: an account and how its store is opened. Out: the same Store; its troubles are kept on the row and passed on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from accounts import events
from portal.fleet.models.storage import StorageAccount
from portal.fleet.stores.base import Missing, Store, StoreTrouble
from portal.fleet.stores.rules import LASTING

AGAIN = timedelta(minutes=1)  # what is still as it was is written down no sooner


class Told:
    def __init__(self, account: StorageAccount, opened: Callable[[], Store]) -> None:
        self._account, self._opened = account, opened

    def put(self, name: str, data: bytes) -> None:
        with self._told() as store:
            store.put(name, data)

    def get(self, name: str, most: int | None = None) -> bytes:
        with self._told() as store:
            return store.get(name, most)

    def delete(self, name: str) -> None:
        with self._told() as store:
            store.delete(name)

    def names(self, prefix: str) -> Iterator[str]:
        with self._told() as store:
            yield from store.names(prefix)

    @contextmanager
    def _told(self) -> Iterator[Store]:
        try:
            yield self._opened()
        except StoreTrouble as trouble:
            note(self._account, trouble.code)
            raise
        except Missing:
            note(self._account, "")
            raise
        note(self._account, "")


def note(account: StorageAccount, code: str) -> None:
    """Where consoles go with it, those that are open hear of it."""
    now, before = timezone.now(), account.last_error
    last = account.last_error_at if code else account.last_ok_at
    if code == before and last is not None and now - last < AGAIN:
        return
    account.last_error = code
    at = "last_error_at" if code else "last_ok_at"
    setattr(account, at, now)
    StorageAccount.objects.filter(pk=account.pk).update(**{"last_error": code, at: now})
    if (code in LASTING) != (before in LASTING):
        events.announce(events.SWITCH_CHANGED, account.tenant_id, storage=account.scope_key)
