"""One entry's whole story. In: its place in the chain, and the scope of the page it was found on. Out: what was decided and why, and what belongs to it."""

import hmac
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.audit_matching import fitting
from accounts.audit_selectors import Filters, entries_at, search
from accounts.decisions import NotVisible, Verdict
from accounts.models import AuditEntry, Tenant
from accounts.models.audit_keys import PORTS
from portal.config.commands import as_uuid
from portal.fleet.models import VirtualMachine
from portal.fleet.review.facts import Fact, facts
from portal.fleet.review.lines import Line, lines
from portal.fleet.sealing import reading
from portal.fleet.sealing.lines import Altered
from portal.fleet.stores.base import Missing

OTHERS = 20
WHY: dict[str, Promise] = {
    Verdict.MISSING_ROLE.value: _("None of the roles held there includes this action."),
    Verdict.MFA_NEEDED.value: _("The tenant asks for a second factor, which had not been given."),
    Verdict.ADDRESS.value: _("The subscription's rules allow this from other addresses only."),
}


@dataclass(frozen=True)
class Story:
    entry: AuditEntry
    line: Line
    why: str | Promise
    reason: str
    facts: list[Fact]
    others: list[Line]
    machine: VirtualMachine | None
    session: UUID | None
    is_whole: bool
    is_sealed: bool


def story_of(tenant: Tenant, scope: str, seq: int) -> Story:
    """Raises NotVisible for what is not at the scope or below it, and StoreTrouble where that is in a file that cannot be read now."""
    here = entries_at(tenant, scope)
    entry = here.select_related("chain").filter(seq=seq).first()
    is_sealed = entry is None
    if entry is None:
        entry = _sealed(tenant, scope, seq)
    same = search(here, Filters(request=entry.request_id)).exclude(seq=seq)
    return Story(
        entry=entry,
        line=lines(tenant, [entry])[0],
        why=WHY.get(entry.error_code, ""),
        reason=str(entry.details.get("reason", "")),
        facts=facts(entry),
        others=lines(tenant, same[:OTHERS]) if entry.request_id else [],
        machine=_machine(tenant, entry),
        session=as_uuid(str(entry.details.get("session", ""))),
        is_whole=hmac.compare_digest(entry.hash, audit.link(entry)),
        is_sealed=is_sealed,
    )


def _sealed(tenant: Tenant, scope: str, seq: int) -> AuditEntry:
    try:
        entry = reading.at(tenant.id, seq)
    except (Altered, Missing):
        raise NotVisible from None
    if entry is None or not fitting(tenant, scope, Filters())(entry):
        raise NotVisible
    return entry


def _machine(tenant: Tenant, entry: AuditEntry) -> VirtualMachine | None:
    """Where it happened on one that is still there."""
    if "/virtualmachines/" not in entry.scope_key:
        return None
    machines = VirtualMachine.objects.select_related("subscription", "resource_group", "scale_set")
    return machines.filter(tenant=tenant, scope_key=entry.scope_key.split(PORTS)[0]).first()
