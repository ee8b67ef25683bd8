"""The key of sealed files. In: what is to be signed. Out: a signature that the public key proves, and nobody makes without the audit key."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings


def _key() -> Ed25519PrivateKey:
    seed = HKDF(hashes.SHA256(), 32, salt=None, info=b"homeport.audit.seal").derive(
        settings.AUDIT_KEY.encode()
    )
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key() -> str:
    """As PEM, which every tool reads."""
    found = _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return found.decode()


def sign(text: str) -> str:
    return base64.b64encode(_key().sign(text.encode())).decode()


def is_signed(text: str, signature: str) -> bool:
    try:
        _key().public_key().verify(base64.b64decode(signature, validate=True), text.encode())
    except (InvalidSignature, binascii.Error):
        return False
    return True
