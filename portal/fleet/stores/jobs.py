"""What workers do about stores. In: nothing. Out: on the rows of accounts, whether they work again."""

from portal.fleet.stores.probing import probe_closed


def probe_closed_stores_job() -> None:
    probe_closed()
