"""One system check for each way to run Homeport unsafely in production, each with an id and the way out."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured


@checks.register
def production(app_configs: object, **kwargs: Any) -> list[checks.CheckMessage]:
    if not settings.PRODUCTION:
        return []
    return [*_secret(), *_debug(), *_tls(), *_database(), *_secret_files()]


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
    for path in [*named, *kept]:
        if path.exists() and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
            yield checks.Error(
                f"{path} can be read by others on this machine.", hint=f"chmod 600 {path}", id="homeport.E004"
            )


def refuse_to_start() -> None:
    """Daphne runs no checks of its own, so the web process asks before it serves anything."""
    errors = [message for message in checks.run_checks() if message.level >= checks.ERROR]
    if errors:
        raise ImproperlyConfigured("Homeport does not start:\n" + "\n".join(map(str, errors)))
