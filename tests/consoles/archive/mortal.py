"""A process that dies at a chosen step: before or after any write to the database, before or after any act of a store."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db import connection

from portal.fleet.models import StorageAccount
from portal.fleet.stores import opening
from portal.fleet.stores.base import Store

WRITES = ("INSERT", "UPDATE", "DELETE", "RELEASE")


class Killed(BaseException):
    pass


class Steps:
    def __init__(self, last: int) -> None:
        self._last, self._taken = last, 0

    def take(self) -> None:
        if self._taken == self._last:
            raise Killed
        self._taken += 1

    def on_query(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not sql.startswith(WRITES):
            return execute(sql, *rest)
        self.take()
        done = execute(sql, *rest)
        self.take()
        return done


class MortalStore:
    def __init__(self, store: Store, steps: Steps) -> None:
        self._store, self._steps = store, steps

    def __getattr__(self, act: str) -> Callable[..., Any]:
        def acted(*args: Any) -> Any:
            self._steps.take()
            done = getattr(self._store, act)(*args)
            self._steps.take()
            return done

        return acted


@contextmanager
def dying_at(step: int) -> Iterator[None]:
    steps, real = Steps(step), opening.store_of

    def store_of(account: StorageAccount | None) -> MortalStore:
        return MortalStore(real(account), steps)

    with patch.object(opening, "store_of", store_of), connection.execute_wrapper(steps.on_query):
        yield
