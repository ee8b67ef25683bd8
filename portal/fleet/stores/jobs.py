"""What workers do about stores. In: nothing. Out: on the rows of accounts, whether they work again."""

from portal.fleet.stores.probing import probe_closed
from portal.fleet.workers.once import waits_once


@waits_once
def probe_closed_stores_job() -> None:
    probe_closed()
