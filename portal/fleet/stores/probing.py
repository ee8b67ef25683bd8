"""Tries whether an account's store works. In: the account. Out: empty when an object was written, read and deleted; else the code of what is wrong."""

from uuid import uuid4

from django.utils import timezone

from portal.fleet.models import StorageAccount
from portal.fleet.stores.base import Missing, StoreTrouble
from portal.fleet.stores.opening import store_of
from portal.fleet.stores.rules import LASTING

AT_A_TIME = 10
MOST = 100


def probe(account: StorageAccount) -> str:
    name = f"probes/{uuid4().hex}"
    try:
        store = store_of(account)
        store.put(name, name.encode())
        came_back = store.get(name, MOST) == name.encode()
        store.delete(name)
    except StoreTrouble as trouble:
        return trouble.code
    except Missing:
        return StoreTrouble.UNREACHABLE
    return "" if came_back else StoreTrouble.UNREACHABLE


def probe_closed() -> None:
    """Those that close consoles by what they said last: nobody else may ask them again before somebody is let in. One that takes all the time there is was still asked."""
    closed = StorageAccount.objects.filter(last_error__in=LASTING)
    for account in closed.order_by("last_error_at")[:AT_A_TIME]:
        StorageAccount.objects.filter(pk=account.pk).update(last_error_at=timezone.now())
        probe(account)
