"""What migrations write, and the world of tests.world, as rows: made once in each process, and put back for every test that wants them.

Out: the rows that a flush took away, and a World of its own for each test, in a hundredth of the time. Ids and hashes are alike in all of them.
"""

import pickle
from collections.abc import Iterator

from django.apps import apps
from django.db import connection, transaction

from accounts.models import AuditChain
from tests import world as worlds
from tests.world import World

Rows = dict[str, set[tuple[object, ...]]]


class KeptRows:
    def __init__(self) -> None:
        """In a database that holds nothing but what its migrations wrote."""
        with transaction.atomic():
            self._migrated = dict(_tables())
            self._world = pickle.dumps(worlds.build())
            self._of_world = {table: rows - self._migrated[table] for table, rows in _tables()}
            transaction.set_rollback(True)

    def world(self) -> World:
        """Built anew where something has happened already: its audit goes on from there."""
        if AuditChain.objects.exists():
            return worlds.build()
        _put_back(self._of_world)
        world: World = pickle.loads(self._world)
        return world

    def after_flush(self, *_args: object, **_more: object) -> None:
        _put_back(self._migrated)


def _put_back(kept: Rows) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table, rows in kept.items():
            for some in _in_parts(list(rows)):
                values = ", ".join([f"({', '.join(['%s'] * len(some[0]))})"] * len(some))
                flat = [value for row in some for value in row]
                cursor.execute(f"INSERT INTO {table} VALUES {values}", flat)


def _in_parts(rows: list[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    """A statement of SQLite may have so many values and no more."""
    for start in range(0, len(rows), 50):
        yield rows[start : start + 50]


def _tables() -> Iterator[tuple[str, set[tuple[object, ...]]]]:
    """Each with the columns that are written to it, and their rows."""
    quoted = connection.ops.quote_name
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for meta in (model._meta for model in apps.get_models(include_auto_created=True)):
            if meta.db_table in there:
                fields = [field for field in meta.local_concrete_fields if not field.generated]
                columns, table = ", ".join(quoted(field.column) for field in fields), quoted(meta.db_table)
                cursor.execute(f"SELECT {columns} FROM {table}")
                yield f"{table} ({columns})", set(cursor.fetchall())
