"""Finds identity providers for somebody who is not signed in: by what they know, never as a list of everybody's."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet

from accounts.models import IdentityProvider


def active() -> "QuerySet[IdentityProvider]":
    return IdentityProvider.objects.filter(is_active=True, tenant__is_active=True).select_related("tenant")


def known_as(text: str) -> list[IdentityProvider]:
    """Those of the tenant with this short name: all else about a provider is a claim that any tenant can make."""
    return list(active().filter(tenant__slug=text.strip().lower()))


def is_safe_address(url: str) -> bool:
    """Where Homeport may send requests of its own: https, or loopback while it is not run in production."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return True
    return parts.scheme == "http" and not settings.PRODUCTION and _is_loopback(parts.hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
