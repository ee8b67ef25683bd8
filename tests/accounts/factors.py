"""Second factors as a person holds them: an authenticator app, and a passkey kept by a software authenticator."""

import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from accounts.models import Passkey, User
from accounts.services.factors import new_recovery_codes
from tests.world import PASSWORD, SYSTEM

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def give_app(user: User) -> TOTPDevice:
    device: TOTPDevice = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    return device


def codes_for(user: User) -> list[str]:
    return new_recovery_codes(by=SYSTEM, user=user)


def code_of(device: TOTPDevice, steps: int = 0) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    totp.time = time.time() + steps * device.step
    return f"{totp.token():06d}"


def type_password(client: Client, name: str, **fields: str) -> Any:
    return client.post("/sign-in/", {"username": name, "password": PASSWORD, **fields})


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/account/").status_code == 200)


@dataclass
class SoftKey:
    """What a security key does, in software: one credential, a counter, and whether it verifies its owner."""

    origin: str = "http://testserver"
    rp_id: str = "testserver"
    verifies: bool = True
    counts: bool = True
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: bytes = b""

    @property
    def credential_id(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        return hashlib.sha256(numbers.x.to_bytes(32, "big")).digest()

    @property
    def public_key(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        parts = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        return cbor2.dumps(parts)

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        self.handle = base64url_to_bytes(options["user"]["id"])
        attested = (
            bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + self.public_key
        )
        data = self._data(ATTESTED) + attested
        response = {
            "clientDataJSON": bytes_to_base64url(self._client_data("webauthn.create", options)),
            "attestationObject": bytes_to_base64url(
                cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
            ),
        }
        return self._credential(response)

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        self.count += self.counts
        data, client_data = self._data(), self._client_data("webauthn.get", options)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": bytes_to_base64url(client_data),
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signature),
            "userHandle": bytes_to_base64url(self.handle),
        }
        return self._credential(response)

    def _data(self, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        name = bytes_to_base64url(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}


def give_key(user: User, **fields: Any) -> SoftKey:
    key = SoftKey(handle=user.id.bytes, **fields)
    Passkey.objects.create(user=user, name="key", credential_id=key.credential_id, public_key=key.public_key)
    return key


def send_json(client: Client, url: str, body: object = None) -> Any:
    return client.post(url, json.dumps(body or {}), content_type="application/json")
