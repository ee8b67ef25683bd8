"""What the gate says: a verdict, and every role that was looked at on the way to it. accounts/access.py alone makes them."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol
from uuid import UUID

from accounts.models import RoleAssignment, RoleDefinition


class Resource(Protocol):
    """Anything that can be asked about. Models may add `address_rules`: networks from which acting is allowed."""

    @property
    def tenant_id(self) -> UUID | None: ...
    @property
    def scope(self) -> str: ...


class Verdict(Enum):
    ALLOWED = "allowed"
    UNSEEN = "unseen"
    MISSING_ROLE = "AuthorizationFailed"
    MFA_NEEDED = "MultiFactorNeeded"
    ADDRESS = "AddressNotAllowed"


class Finding(Enum):
    """What one role says about one action."""

    GRANTS = "grants"
    NOT_LISTED = "not listed"
    EXCLUDED = "excluded"


@dataclass(frozen=True)
class Consideration:
    """One role that was looked at: where it was assigned, and whether it grants the action."""

    role: RoleDefinition
    scope: str
    via: str
    finding: Finding
    assignment: RoleAssignment | None = None

    @property
    def grants(self) -> bool:
        return self.finding is Finding.GRANTS


@dataclass(frozen=True)
class Decision:
    verdict: Verdict
    action: str
    scope: str
    considered: tuple[Consideration, ...] = ()
    tenant_id: UUID | None = None

    @property
    def allowed(self) -> bool:
        return self.verdict is Verdict.ALLOWED

    @property
    def because(self) -> Consideration | None:
        return next((one for one in self.considered if one.grants), None)


class NotVisible(Exception):
    """To this principal the resource does not exist."""


class Refused(Exception):
    def __init__(self, decision: Decision) -> None:
        super().__init__(f"{decision.verdict.value}: {decision.action} over {decision.scope}")
        self.decision = decision
