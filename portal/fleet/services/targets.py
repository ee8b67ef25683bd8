"""What is done with a target, be it of alerts or of forwarding: added, given a new secret, removed, tried. Each is audited; secrets are shown once."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit, throttle
from accounts.principals import Principal
from accounts.providers import is_safe_address
from accounts.secrets import fresh, seal
from portal.fleet.models import Target
from portal.fleet.reaching import leads_elsewhere
from portal.fleet.targets.failures import NotDelivered
from portal.fleet.targets.webhooks import may_reach

PLATFORM = "/platform/forwarding"  # the scope of what is done with targets of no tenant
TESTS = 2  # a tenant may send so many times as many tests as somebody may mistype a password


@transaction.atomic
def add(*, by: Principal, target: Target) -> str:
    """Its address has been checked. Returns the secret of a webhook: shown this once, and empty for the others."""
    audit.locked_chain(target.tenant_id)  # two at once would be one too many
    if type(target)._default_manager.filter(Q(tenant_id=target.tenant_id)).count() >= target.MOST:
        raise ValidationError(_too_many(target) % {"most": target.MOST})
    secret = fresh(target.SECRET).text if target.is_webhook else ""
    target.sealed_secret = seal(secret)
    target.full_clean(exclude=["last_ok_at", "last_error_at", "next_try_at", "claimed_until"])
    target.save()
    record(by, target, created=target.told_as)
    return secret


def _too_many(target: Target) -> str:
    if target.tenant_id is None:
        return _("The platform has at most %(most)d targets. Remove one first.")
    return _("A tenant has at most %(most)d targets. Remove one first.")


@transaction.atomic
def renew_secret(*, by: Principal, target: Target) -> str:
    if not target.is_webhook:
        raise ValidationError(_("Only webhooks have a secret."))
    secret = fresh(target.SECRET).text
    change(target, sealed_secret=seal(secret))
    record(by, target, name=target.told_as, new_secret=True)
    return secret


@transaction.atomic
def remove(*, by: Principal, target: Target) -> None:
    record(by, target, removed=target.told_as)
    target.delete()


def try_out(*, by: Principal, target: Target, send: Callable[[], None]) -> str:
    """Sends a test while somebody waits for it: empty when it arrived, else why not."""
    _bound_tests(target)
    try:
        send()
    except NotDelivered as failed:
        problem, when = failed.code, "last_error_at"
    else:
        problem, when = "", "last_ok_at"
    with transaction.atomic():
        change(target, last_error=problem, **{when: timezone.now()})
        record(by, target, name=target.told_as, tested=problem or "ok")
    return problem


def check_webhook(address: str) -> None:
    if not is_safe_address(address):
        raise ValidationError({"address": _("A webhook's address starts with https://.")})
    if "@" in urlsplit(address).netloc or urlsplit(address).fragment:
        raise ValidationError({"address": _("A webhook's address has no user name and no # in it.")})
    if leads_elsewhere(address, may_reach):
        raise ValidationError({"address": _("Webhooks may not reach this address from here.")})


def change(target: Target, **fields: object) -> None:
    """Only these: workers write into the same row."""
    type(target)._default_manager.filter(id=target.id).update(**fields)


def record(by: Principal, target: Target, **details: object) -> None:
    audit.record(
        by=by,
        action=target.CHANGE,
        scope=target.tenant.scope if target.tenant else PLATFORM,
        tenant_id=target.tenant_id,
        details={target.NOUN: str(target.id), **details},
    )


def _bound_tests(target: Target) -> None:
    """By tenant: by target, whoever removes one and adds it again would begin anew."""
    until = throttle.count(throttle.key_of("target_test", str(target.tenant_id or PLATFORM)), factor=TESTS)
    if until is not None:
        minutes = throttle.Locked(until).minutes
        told = ngettext(
            "Too many tests: they go to others, who must not be flooded from here. Try again in %(minutes)d minute.",
            "Too many tests: they go to others, who must not be flooded from here. Try again in %(minutes)d minutes.",
            minutes,
        )
        raise ValidationError(told % {"minutes": minutes})
