"""Forgets what has lost its use: the audit log has long kept what mattered of it."""

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import ApiToken, Invitation, ServicePrincipalSecret, SignIn, SignInThrottle

KEPT = timedelta(days=30)
THROTTLES_KEPT = timedelta(days=1)


def prune() -> dict[str, int]:
    """Returns how many rows of each kind went. Sessions go the day they expire."""
    now = timezone.now()
    old = now - KEPT
    session_age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    lapsed = SignIn.objects.filter(ended_at=None, last_seen_at__lt=now - session_age)
    return {
        "lapsed_sign_ins": lapsed.update(ended_at=now, end_reason="lapsed"),
        "sign_ins": SignIn.objects.filter(ended_at__lt=old).delete()[0],
        "throttles": SignInThrottle.objects.filter(
            Q(locked_until=None) | Q(locked_until__lt=now), first_at__lt=now - THROTTLES_KEPT
        ).delete()[0],
        "invitations": Invitation.objects.filter(Q(expires_at__lt=old) | Q(accepted_at__lt=old)).delete()[0],
        "tokens": ApiToken.objects.filter(Q(expires_at__lt=old) | Q(revoked_at__lt=old)).delete()[0],
        "secrets": ServicePrincipalSecret.objects.filter(
            Q(expires_at__lt=old) | Q(revoked_at__lt=old)
        ).delete()[0],
    }
