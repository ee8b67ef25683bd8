"""Pages by key instead of by number, so that the last page costs what the first one does.

In: a queryset, the columns that order it (the last one unique, none null, all in one direction), the request whose query
string says where to continue. Out: the rows of one page, the query strings of its neighbours, and a count that stops at 10,000.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import BooleanField, F, Field, Func, Model, QuerySet, Value
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
COUNT_LIMIT = 10_000
AFTER, BEFORE = "after", "before"
SIGNER = Signer(salt="homeport.keyset")


@dataclass(frozen=True)
class Page(Generic[M]):
    rows: list[M]
    next: str
    previous: str
    total: int

    @property
    def count(self) -> str:
        """For people: exact up to the limit, then "10,000+"."""
        return f"{COUNT_LIMIT:,}+" if self.total > COUNT_LIMIT else f"{self.total:,}"


@dataclass(frozen=True)
class Column:
    path: str
    field: "Field[object, object]"

    def value(self, row: Model) -> object:
        found: object = row
        for part in self.path.split("__"):
            found = getattr(found, part)
        return found

    def read(self, text: str) -> Value:
        return Value(self.field.to_python(text), output_field=self.field)


class Row(Func):
    """(a, b, c): databases compare rows column by column, and start in an index that has these columns."""

    template = "(%(expressions)s)"


class Comparison(Func):
    template = "%(expressions)s"
    output_field = BooleanField()


@dataclass(frozen=True)
class Cursor:
    """Where a page starts, and how many rows there were when somebody started to page."""

    values: list[Value]
    total: int


def page(
    queryset: "QuerySet[M]",
    *,
    order: Sequence[str],
    request: HttpRequest,
    size: int = 50,
    load: "Callable[[QuerySet[M]], QuerySet[M]] | None" = None,
    costly: bool = False,
) -> Page[M]:
    """`load` adds what rows show (joins, annotations) to the few that were chosen, so that choosing stays in an index.

    `costly` is for filters that no index answers: they are evaluated once for page and count together.
    """
    down = order[0].startswith("-")
    if any(name.startswith("-") != down for name in order):
        raise ValueError("A keyset goes in one direction.")
    columns = [_column(queryset, name.removeprefix("-")) for name in order]
    backwards = BEFORE in request.GET
    cursor = _read(columns, request.GET.get(BEFORE if backwards else AFTER))
    backwards = backwards and cursor is not None
    rows, total = _from_here(queryset, columns, cursor, down != backwards), cursor.total if cursor else None
    if costly and cursor is None:
        keys = list(rows.values_list("pk", flat=True)[: COUNT_LIMIT + 1])
        total, rows = len(keys), _chosen(rows, keys[: size + 1])
    elif load is not None:
        rows = _chosen(rows, rows.values("pk")[: size + 1])
    found = list((load(rows) if load else rows)[: size + 1])
    more, found = len(found) > size, found[:size]
    if total is None:
        total = queryset.order_by().values("pk")[: COUNT_LIMIT + 1].count() if more else len(found)
    if backwards:
        found.reverse()
    links = _Links(request, columns, total)
    return Page(
        rows=found,
        next=links.to(AFTER, found[-1:]) if more or backwards else "",
        previous=links.to(BEFORE, found[:1]) if (more if backwards else cursor is not None) else "",
        total=total,
    )


def _chosen(rows: "QuerySet[M]", keys: object) -> "QuerySet[M]":
    return rows.model._default_manager.filter(pk__in=keys).order_by(*rows.query.order_by)


def _from_here(
    queryset: "QuerySet[M]", columns: list[Column], cursor: Cursor | None, down: bool
) -> "QuerySet[M]":
    rows = queryset.order_by(*(f"{'-' if down else ''}{column.path}" for column in columns))
    if cursor is None:
        return rows
    here = Row(*(F(column.path) for column in columns))
    return rows.filter(Comparison(here, Row(*cursor.values), arg_joiner=" < " if down else " > "))


def _column(queryset: "QuerySet[M]", path: str) -> Column:
    if path in queryset.query.annotations:
        return Column(path, queryset.query.annotations[path].output_field)
    model: type[Model] = queryset.model
    *relations, last = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model  # type: ignore[assignment]
    field: Field[object, object] = model._meta.get_field(last)  # type: ignore[assignment]
    return Column(path, getattr(field, "output_field", field))  # a generated column is what it generates


@dataclass(frozen=True)
class _Links:
    request: HttpRequest
    columns: list[Column]
    total: int

    def to(self, side: str, rows: Sequence[Model]) -> str:
        if not rows:
            return ""
        query = self.request.GET.copy()
        for stale in (AFTER, BEFORE):
            query.pop(stale, None)
        at = [str(column.value(rows[0])) for column in self.columns]
        query[side] = SIGNER.sign_object([self.total, *at])
        return query.urlencode()


def _read(columns: list[Column], token: str | None) -> Cursor | None:
    """A cursor that is not one of ours, or was tampered with, is no error: the first page is shown."""
    if not token:
        return None
    try:
        total, *at = SIGNER.unsign_object(token)
        return Cursor([column.read(text) for column, text in zip(columns, at, strict=True)], total)
    except (BadSignature, ValueError, ValidationError):
        return None
