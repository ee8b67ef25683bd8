"""Who comes in. In: what a handshake asks for. Out: Admitted, with a session that is open and recorded; or Refusal, with the reason.

Asked in this order: is it our page, who is it, may they, can it be attached to now, are there not too many.
"""

from redis.exceptions import RedisError

from accounts import audit
from accounts.access import NotVisible, Refused
from accounts.currency import principal_of_session
from accounts.principals import Principal
from accounts.services.credentials import principal_of_token
from consoles.admission import origin, tickets
from consoles.admission.answers import ENDS, Admitted, Refusal, times_of
from consoles.admission.handshake import Asked
from consoles.limits import TooMany
from consoles.models import ConsoleSession
from consoles.selectors import Mode, Readiness, readiness
from consoles.services import WATCH, open_session
from consoles.sessions import was_there
from consoles.wire import Close
from portal.fleet.vm_queries import machine_at, scope_of_vm


def admit(asked: Asked) -> Admitted | Refusal:
    if not origin.allowed(asked):
        return Refusal(Close.REFUSED, "origin")
    who = _who(asked)
    if isinstance(who, Refusal):
        return who
    principal, bound = who
    found = _found(principal, asked)
    if isinstance(found, Refusal):
        return found
    if bound is not None and (bound.vm_id, bound.mode) != (found.vm.pk, asked.mode):
        return Refusal(Close.REFUSED, "ticket")
    if not found.ready:
        _record_refusal(principal, found)
        return Refusal(ENDS[found.code], found.code.value)
    return _opened(principal, found, asked)


def _who(asked: Asked) -> tuple[Principal, tickets.Redeemed | None] | Refusal:
    """By one proof alone: a wrong ticket does not fall back on a cookie."""
    about = {"address": asked.address, "request_id": asked.request_id}
    if asked.ticket:
        return _with_ticket(asked)
    if asked.bearer:
        principal = principal_of_token(asked.bearer, **about)
    else:
        principal = principal_of_session(asked.session_key, **about) if asked.session_key else None
    return (principal, None) if principal else Refusal(Close.SIGNED_OUT, "nobody")


def _with_ticket(asked: Asked) -> tuple[Principal, tickets.Redeemed] | Refusal:
    try:
        bound = tickets.redeem(asked.ticket, address=asked.address, request_id=asked.request_id)
    except (RedisError, OSError):
        return Refusal(Close.RESTARTING, "tickets cannot be looked up")
    return (bound.principal, bound) if bound else Refusal(Close.SIGNED_OUT, "ticket")


def _found(principal: Principal, asked: Asked) -> Readiness | Refusal:
    place = asked.place
    scope = scope_of_vm(place["sub"], place["group"], place["name"], place.get("instance"))
    try:
        return readiness(principal, machine_at(scope))
    except NotVisible:
        return Refusal(Close.NOT_FOUND, "no such machine")
    except Refused as refused:
        return Refusal(Close.REFUSED, refused.decision.verdict.value)


def _record_refusal(principal: Principal, found: Readiness) -> None:
    """What the gate said by `decide` is recorded here, as its `authorize` would."""
    if found.missing is not None and found.mode is None:
        audit.record(
            by=principal,
            action=found.missing.action,
            scope=found.missing.scope,
            tenant_id=found.vm.tenant_id,
            outcome="refused",
            error_code=found.code.value,
        )


def _opened(principal: Principal, found: Readiness, asked: Asked) -> Admitted | Refusal:
    may_write = found.mode is Mode.CONNECT
    mode = asked.mode if may_write else WATCH
    vm, port = found.vm, found.port
    assert port is not None  # noqa: S101  nothing is ready without one
    try:
        session = open_session(
            by=principal,
            vm=vm,
            port=port,
            mode=mode,
            via=asked.via,
            user_agent=asked.user_agent,
            from_offset=asked.from_offset,
        )
    except TooMany as many:
        return Refusal(Close.TOO_MANY, many.of)
    account = vm.diagnostics_account
    return Admitted(
        principal=principal,
        session=session,
        asked=asked,
        host=vm.host,
        vm_key=vm.scope_key,
        storage_key=account.scope_key if account else "",
        mode=mode,
        may_write=may_write,
        far=_was_there(session, asked),
        times=times_of(vm),
    )


def _was_there(session: ConsoleSession, asked: Asked) -> bool:
    at = asked.from_offset
    return at is not None and was_there(session.principal_id, session.line_id, at)
