"""The names under which people appear in a chain, and who signs in as something. In: a tenant and what was typed. Out: whole names, ids; no entry is read for it.

From one name to the next in the index: a chain has millions of entries and at most some thousands of names.
"""

from uuid import UUID

from django.db import connection

from accounts import actions
from accounts.access import decide
from accounts.models import AuditChain, AuditEntry, Membership, Tenant
from accounts.principals import Principal

MOST = 5000  # names that are looked at

NEXT = """
WITH RECURSIVE found(name) AS (
  SELECT MIN(principal_name) FROM {table} WHERE chain_id = %s
  UNION ALL
  SELECT (SELECT MIN(principal_name) FROM {table} WHERE chain_id = %s AND principal_name > found.name)
  FROM found WHERE found.name IS NOT NULL
)
SELECT name FROM found WHERE name IS NOT NULL LIMIT %s
"""


class TooManyNames(Exception):
    """Whoever looked at the first of them alone would miss people, and nobody would know."""


def names_with(tenant_id: UUID, part: str) -> list[str]:
    """Raises TooManyNames."""
    chain_id = AuditChain.objects.filter(tenant_id=tenant_id).values_list("id", flat=True).first()
    wanted = part.casefold()
    with connection.cursor() as cursor:
        query = NEXT.format(table=connection.ops.quote_name(AuditEntry._meta.db_table))
        cursor.execute(query, [chain_id, chain_id, MOST + 1])
        names = [name for (name,) in cursor.fetchall()]
    if len(names) > MOST:
        raise TooManyNames
    return [name for name in names if wanted in name.casefold()]


def reads_directory(by: Principal, tenant: Tenant) -> bool:
    return decide(by, actions.DIRECTORY_READ, tenant).allowed


def signing_in_as(by: Principal, tenant: Tenant, typed: str) -> list[UUID]:
    """A member, for whoever may read the directory; the whole of it: by parts, a name that no page shows could be spelled out."""
    if not reads_directory(by, tenant):
        return []
    called = Membership.objects.filter(tenant=tenant, user__username=typed.strip().lower())
    return list(called.values_list("user_id", flat=True))
