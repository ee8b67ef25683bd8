"""One system check for each way to run Homeport unsafely in production, each with an id and the way out."""

import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

OURS = "homeport"
LONGEST_PATH = 103  # what the shortest limit among the systems leaves for a unix socket's path


@checks.register(OURS)
def production(app_configs: object, **kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.PRODUCTION:
        return []
    return [*_secret(), *_debug(), *_tls(), *_database(), *_secret_files()]


@checks.register(OURS)
def hub(app_configs: object, **kwargs: Any) -> Iterable[checks.CheckMessage]:
    """In every way of running: with any of these the hub could not start, or no web could reach it."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", settings.HUB_HOST):
        yield checks.Error(
            "The hub's host is not a name.",
            hint="Set HOMEPORT_HUB_HOST to letters, digits and . _ - only, at most 64 of them.",
            id="homeport.E006",
        )
    if not _reachable(settings.HUB_LISTEN):
        yield checks.Error(
            f"{settings.HUB_LISTEN} is no place for a hub to listen on.",
            hint="Set HOMEPORT_HUB_LISTEN to unix:///path of at most 103 bytes, or to tls://name:port.",
            id="homeport.E007",
        )
    files = [settings.HUB_CA, settings.HUB_CERT, settings.HUB_KEY]
    if not all(files) and (any(files) or settings.HUB_LISTEN.startswith("tls:")):
        yield checks.Error(
            "A hub that is reached over TLS needs three files: an authority, a certificate and its key.",
            hint="Set HOMEPORT_HUB_CA, HOMEPORT_HUB_CERT and HOMEPORT_HUB_KEY, all three of them.",
            id="homeport.E008",
        )


def _reachable(address: str) -> bool:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme == "unix":
        return parts.path.startswith("/") and not parts.netloc and len(parts.path.encode()) <= LONGEST_PATH
    return parts.scheme == "tls" and bool(parts.hostname and port)


def _secret() -> Iterable[checks.CheckMessage]:
    if len(settings.SECRET_KEY) < 40 or settings.SECRET_KEY.startswith("missing"):
        yield checks.Error(
            "There is no secret key, or it is too short to be one.",
            hint="Set HOMEPORT_SECRET_KEY or HOMEPORT_SECRET_KEY_FILE to at least 40 random characters.",
            id="homeport.E001",
        )


def _debug() -> Iterable[checks.CheckMessage]:
    if settings.DEBUG:
        yield checks.Error(
            "Debug mode shows secrets to whoever causes an error.",
            hint="Unset HOMEPORT_DEBUG.",
            id="homeport.E002",
        )


def _tls() -> Iterable[checks.CheckMessage]:
    serves_tls = settings.HTTPS_PORT and not settings.TLS_ELSEWHERE
    proxy_ends_tls = settings.TLS_ELSEWHERE and settings.TRUSTED_PROXIES
    if not serves_tls and not proxy_ends_tls:
        yield checks.Error(
            "Nothing encrypts what browsers send.",
            hint="Set HOMEPORT_HTTPS_PORT, or HOMEPORT_TLS_ELSEWHERE=1 with HOMEPORT_TRUSTED_PROXIES for a proxy in front.",
            id="homeport.E003",
        )


def _database() -> Iterable[checks.CheckMessage]:
    if settings.SQLITE and settings.WEB_PROCESSES > 1:
        yield checks.Error(
            "SQLite serves one web process only.",
            hint="Set DATABASE_URL to a PostgreSQL database, or HOMEPORT_WEB_PROCESSES=1.",
            id="homeport.E005",
        )


def _secret_files() -> Iterable[checks.CheckMessage]:
    named = [
        Path(path)
        for name, path in os.environ.items()
        if name.startswith("HOMEPORT_") and name.endswith("_FILE")
    ]
    kept = [*(settings.VAR_DIR / "secrets").glob("*"), *(settings.VAR_DIR / "tls").glob("*.key")]
    hubs = [Path(settings.HUB_KEY)] if settings.HUB_KEY else []
    for path in [*named, *kept, *hubs]:
        if path.exists() and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            yield checks.Error(
                f"{path} can be read by others on this machine.", hint=f"chmod 600 {path}", id="homeport.E004"
            )


def refuse_to_start() -> None:
    """Daphne runs no checks of its own, so the web process asks before it serves anything."""
    errors = [message for message in checks.run_checks() if message.level >= checks.ERROR]
    if errors:
        raise ImproperlyConfigured("Homeport does not start:\n" + "\n".join(map(str, errors)))
