"""Who is asking, right now: the in-memory face of a user, service principal or the system itself, in one tenant."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Principal:
    kind: str
    id: UUID | None
    name: str
    tenant_id: UUID | None = None
    mfa_at: datetime | None = None
    address: str = ""
    request_id: str = ""
    on_behalf_of: str = ""
    sign_in_id: UUID | None = field(default=None, compare=False)
    token_id: UUID | None = field(default=None, compare=False)

    def within(self, tenant_id: UUID | None) -> "Principal":
        return replace(self, tenant_id=tenant_id)


USER = "User"
SERVICE_PRINCIPAL = "ServicePrincipal"
SYSTEM = "System"


def system(name: str, tenant_id: UUID | None = None) -> Principal:
    """For commands run by whoever has the machine, and for scheduled jobs: audited under this name, never from a request."""
    return Principal(kind=SYSTEM, id=None, name=name, tenant_id=tenant_id)
