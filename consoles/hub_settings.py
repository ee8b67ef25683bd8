"""What the environment says about hubs, as the hub's own plain values. In: Django's settings. Out: HubSettings, Listening."""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from consoles.drivers.base import Host
from consoles.hub.spec import HubSettings, Listening


def hub_settings() -> HubSettings:
    return HubSettings(
        host=settings.HUB_HOST,
        spool=settings.SPOOL,
        listening=listening(),
        drivers=Host(settings.HUB_ALLOW_PTY, scripts=settings.VAR_DIR / "run" / "scripted"),
        redis_url=settings.REDIS_URL,
    )


def listening() -> Listening:
    """Where the hub of this machine listens; webs use its certificates to reach hubs of other hosts."""
    parts = urlsplit(settings.HUB_LISTEN)
    return Listening(
        path=Path(parts.path) if parts.scheme == "unix" else None,
        host=parts.hostname or "",
        port=parts.port or 0,
        authority=_file(settings.HUB_CA),
        certificate=_file(settings.HUB_CERT),
        key=_file(settings.HUB_KEY),
    )


def _file(name: str) -> Path | None:
    return Path(name) if name else None
