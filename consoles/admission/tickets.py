"""One-use tickets for whoever cannot send a cookie or a header with a socket. In: somebody, a machine, a mode. Out: a text good for a minute.

A call of the REST API is what will issue them; no page does. Redis keeps its hash and what it is bound to. Taking it out and deleting it are one act there, so of two who come with it one gets in.
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from redis import Redis

from accounts import actions, audit
from accounts.access import authorize
from accounts.currency import renewed
from accounts.principals import Principal
from accounts.secrets import fresh, hash_of
from consoles.selectors import Mode, Readiness, readiness
from consoles.services import WRITE
from portal.fleet.models import VirtualMachine

SECONDS = 60
PREFIX = "homeport:ticket:"


class NotReady(Exception):
    """The gate allows it, and something else stands in the way."""

    def __init__(self, found: Readiness) -> None:
        super().__init__(found.code.value)
        self.found = found


@dataclass(frozen=True)
class Redeemed:
    principal: Principal
    vm_id: int
    mode: str


def issue_ticket(*, by: Principal, vm: VirtualMachine, mode: str) -> str:
    """Raises NotVisible, Refused or NotReady. The text is shown once; it is worth no more than the sign-in or token of `by`."""
    found = readiness(by, vm)
    lacking = found.mode is None or (mode == WRITE and found.mode is not Mode.CONNECT)
    if lacking:
        authorize(by, actions.CONNECT if mode == WRITE else actions.WATCH, vm)
    if lacking or not found.ready:
        raise NotReady(found)
    ticket = fresh("hpc")
    audit.record(by=by, action=actions.TICKET, scope=vm.scope, tenant_id=vm.tenant_id, details={"mode": mode})
    _redis().set(PREFIX + ticket.hash, json.dumps(_bound_to(by, vm, mode)), ex=SECONDS)
    return ticket.text


def redeem(text: str, *, address: str, request_id: str) -> Redeemed | None:
    """Whatever comes of it, the ticket is spent. Whose sign-in or token ended meanwhile has none."""
    kept = _redis().getdel(PREFIX + hash_of(text))
    if kept is None:
        return None
    bound: dict[str, Any] = json.loads(kept)
    principal = renewed(_principal(bound, address, request_id))
    return Redeemed(principal, bound["vm"], bound["mode"]) if principal else None


def _bound_to(by: Principal, vm: VirtualMachine, mode: str) -> dict[str, Any]:
    ids = {"id": by.id, "tenant": by.tenant_id, "sign_in": by.sign_in_id, "token": by.token_id}
    return {
        "kind": by.kind,
        "vm": vm.pk,
        "mode": mode,
        **{name: str(value) if value else None for name, value in ids.items()},
    }


def _principal(bound: dict[str, Any], address: str, request_id: str) -> Principal:
    def uuid(name: str) -> UUID | None:
        return UUID(bound[name]) if bound[name] else None

    return Principal(
        kind=bound["kind"],
        id=uuid("id"),
        name="",
        tenant_id=uuid("tenant"),
        address=address,
        request_id=request_id,
        sign_in_id=uuid("sign_in"),
        token_id=uuid("token"),
    )


def _redis() -> "Redis":
    return Redis.from_url(settings.REDIS_URL)
