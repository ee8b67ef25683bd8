"""Random secrets that are shown once and kept as hashes, and credentials that must be read back, sealed."""

import base64
import hashlib
import secrets
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


@dataclass(frozen=True)
class Fresh:
    """A new secret: `text` goes to the person once, `hash` and `hint` are kept."""

    text: str
    hash: str
    hint: str


def fresh(prefix: str) -> Fresh:
    text = f"{prefix}_{secrets.token_urlsafe(32)}"
    return Fresh(text, hash_of(text), text[-4:])


def hash_of(text: str) -> str:
    """Plain SHA-256 suffices: what is hashed here has 256 random bits."""
    return hashlib.sha256(text.encode()).hexdigest()


def _box() -> Fernet:
    key = HKDF(hashes.SHA256(), 32, salt=None, info=b"homeport.sealed").derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def seal(text: str) -> str:
    return _box().encrypt(text.encode()).decode() if text else ""


class CannotUnseal(Exception):
    """The secret key is not the one this was sealed with."""


def unseal(sealed: str) -> str:
    try:
        return _box().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken as error:
        raise CannotUnseal from error
