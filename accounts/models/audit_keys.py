"""What entries are found by, computed from their columns: the same expression in an index and in a query, so that one answers the other."""

from typing import Any

from django.db.models import CharField, Func

PORTS = "/providers/microsoft.serialconsole"


class Place(Func):
    """The machine of an entry about its serial port; every other scope is its own. Ordered by bytes, so that beginnings are found."""

    arity, output_field = 1, CharField()
    template = f"(split_part(%(expressions)s, '{PORTS}', 1) COLLATE \"C\")"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        until = f"instr(%(expressions)s || '{PORTS}', '{PORTS}') - 1"
        return self.as_sql(compiler, connection, template=f"substr(%(expressions)s, 1, {until})", **more)


class SubscriptionOf(Func):
    """`/subscriptions/` and an id are 51 characters."""

    arity, output_field = 1, CharField()
    template = "substr(%(expressions)s, 1, 51)"


class Family(Func):
    """An action's word before its first slash."""

    arity, output_field = 1, CharField()
    template = "split_part(%(expressions)s, '/', 1)"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "substr(%(expressions)s, 1, instr(%(expressions)s || '/', '/') - 1)"
        return self.as_sql(compiler, connection, template=template, **more)
