"""Links that give one machine's log to whoever has them. In: who makes, ends or uses one. Out: the link, and once its text.

A link is worth what its maker is worth: it ends with its hour, by hand, or with the maker's right to read the log.
"""

from dataclasses import replace
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions, audit
from accounts.access import decide
from accounts.principals import Principal
from accounts.secrets import fresh, hash_of
from consoles.diagnostics.reading import shut_out_of, still_admitted
from consoles.kept.log import Log
from consoles.models import LogLink
from portal.fleet.models import SerialPort, VirtualMachine

LEAST_MINUTES, MOST_MINUTES = 1, 24 * 60
MOST = 20  # of one machine at a time
PREFIX = "hpl"
KIND = "LogLink"  # what the audit calls whoever came with one


@transaction.atomic
def make_link(
    *,
    by: Principal,
    vm: VirtualMachine,
    port: SerialPort,
    form: str,
    minutes: int,
    from_offset: int | None = None,
    to_offset: int | None = None,
) -> tuple[LogLink, str]:
    """The link, and the text that opens it: shown this once, kept as a hash."""
    assert by.id is not None  # noqa: S101  the system itself shares nothing
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise ValidationError({"minutes": _("A link lasts from one minute to 24 hours.")})
    VirtualMachine.objects.select_for_update().get(id=vm.id)
    if LogLink.objects.filter(vm=vm, ended_at=None, expires_at__gt=timezone.now()).count() >= MOST:
        raise ValidationError(_("This machine has %(most)d links already. End one first.") % {"most": MOST})
    secret = fresh(PREFIX)
    link = LogLink(
        tenant_id=vm.tenant_id,
        vm=vm,
        line_id=port.line_id,
        port_number=port.number,
        token_hash=secret.hash,
        hint=secret.hint,
        form=form,
        from_offset=from_offset,
        to_offset=to_offset,
        made_by_kind=by.kind,
        made_by_id=by.id,
        made_by_name=by.name[:150],
        expires_at=timezone.now() + timedelta(minutes=minutes),
    )
    link.full_clean(exclude=["tenant", "vm", "ended_at", "last_used_at", "from_offset", "to_offset"])
    link.save()
    _record(by, link, made=True, form=form, minutes=minutes)
    return link, secret.text


@transaction.atomic
def end_link(*, by: Principal, link: LogLink) -> None:
    """Ending one that has ended changes nothing."""
    live = LogLink.objects.filter(id=link.id, ended_at=None, expires_at__gt=timezone.now())
    if live.update(ended_at=timezone.now(), ended_by_name=by.name[:150]):
        _record(by, link, ended=True)


def opened_by(text: str, *, address: str) -> LogLink | None:
    """The link of this text, while it is open and its maker may read the log from the address of whoever came."""
    links = LogLink.objects.select_related(
        "vm__subscription",
        "vm__resource_group",
        "vm__scale_set__resource_group",
        "vm__diagnostics_account__resource_group",
    )
    link = links.filter(token_hash=hash_of(text)).first()
    return link if link is not None and still_open(link, maker_of(link, address)) else None


def still_open(link: LogLink, maker: Principal, log: Log | None = None) -> bool:
    """Also for the rest of a log that is being given."""
    row = LogLink.objects.filter(id=link.id, ended_at=None, expires_at__gt=timezone.now())
    if not row.exists() or not decide(maker, actions.LOG_READ, link.vm).allowed:
        return False
    if log is None:
        return shut_out_of(link.vm, maker) is None
    return still_admitted(link.vm, link.line_id, log, maker)


@transaction.atomic
def note_use(link: LogLink, *, address: str, request_id: str) -> None:
    LogLink.objects.filter(id=link.id).update(uses=F("uses") + 1, last_used_at=timezone.now())
    visitor = Principal(
        kind=KIND,
        id=link.id,
        name=_("whoever has the link …%(hint)s") % {"hint": link.hint},
        tenant_id=link.tenant_id,
        address=address,
        request_id=request_id,
        on_behalf_of=link.made_by_name,
    )
    _record(visitor, link, used=True, form=link.form, made_by=link.made_by_name)


def maker_of(link: LogLink, address: str) -> Principal:
    """As of now, where the visitor is; the second factor was asked for when the link was made."""
    maker = Principal(link.made_by_kind, link.made_by_id, link.made_by_name, link.tenant_id)
    return replace(maker, mfa_at=timezone.now(), address=address)


def _record(by: Principal, link: LogLink, **details: object) -> None:
    audit.record(
        by=by,
        action=actions.LOG_LINK,
        scope=link.vm.scope,
        tenant_id=link.tenant_id,
        details={"link": str(link.id), "hint": link.hint, **details},
    )
