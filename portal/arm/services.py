"""Gives tokens to programs, and records who asked, rightly or wrongly; never the secret."""

from django.db import transaction

from accounts import actions, audit, principals, throttle
from accounts.models import ServicePrincipal
from accounts.principals import Principal
from accounts.services import credentials
from portal.config.commands import as_uuid


@transaction.atomic
def issue_token(*, program: ServicePrincipal, address: str, request_id: str) -> str:
    by = _principal(program, address, request_id)
    _, text = credentials.token_for_program(program=program)
    audit.record(
        by=by,
        action=actions.SIGN_IN,
        scope=f"/servicePrincipals/{program.id}",
        tenant_id=program.tenant_id,
        details={"method": "client secret"},
    )
    return text


@transaction.atomic
def refuse_token(*, client_id: str, address: str, request_id: str) -> bool:
    """False when the address has had too many wrong secrets recorded already."""
    if throttle.count(throttle.key_of_address("token", address), factor=throttle.ADDRESS_FACTOR) is not None:
        return False
    asked = as_uuid(client_id)
    program = ServicePrincipal.objects.filter(client_id=asked).first() if asked else None
    audit.record(
        by=_principal(program, address, request_id),
        action=actions.SIGN_IN,
        scope=f"/servicePrincipals/{program.id if program else 'unknown'}",
        tenant_id=program.tenant_id if program else None,
        outcome="refused",
        error_code="AADSTS7000215",
        # only what has the form of an id: secrets get pasted into the wrong field
        details={"method": "client secret", "client_id": str(asked or "")},
    )
    return True


def _principal(program: ServicePrincipal | None, address: str, request_id: str) -> Principal:
    return Principal(
        kind=principals.SERVICE_PRINCIPAL,
        id=program.id if program else None,
        name=program.name if program else "unknown client",
        tenant_id=program.tenant_id if program else None,
        address=address,
        request_id=request_id,
    )
