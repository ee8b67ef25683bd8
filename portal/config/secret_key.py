"""The key that signs sessions. In: the environment, or a file only its owner reads. Out: the key."""

import os
import secrets
from pathlib import Path

from portal.config import env


def secret_key(var: Path, *, production: bool) -> str:
    """From the environment; otherwise one made once and kept in a file (never in production)."""
    given = env.secret(
        "HOMEPORT_SECRET_KEY",
        "Signs sessions and seals stored credentials. Embedded: made once in var/secrets.",
    )
    if given or production:
        return given or "missing: see check homeport.E001"
    path = var / "secrets" / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text().strip()
