"""Finds text by its beginning, in an index. In: a column and a beginning. Out: the condition that this database answers from it.

PostgreSQL orders by its locale, but takes an index with pattern operators for LIKE; SQLite orders by bytes, but takes none for LIKE.
"""

from django.db import connection
from django.db.models import Q

LAST = "\U0010ffff"


def begins(column: str, text: str) -> Q:
    if connection.vendor == "postgresql":
        return Q(**{f"{column}__startswith": text})
    return Q(**{f"{column}__gte": text, f"{column}__lt": text + LAST})
