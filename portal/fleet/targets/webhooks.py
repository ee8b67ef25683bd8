"""Posts JSON to a webhook that a tenant chose. In: the target, a body. Out: nothing, or NotDelivered.

`Homeport-Signature: t=<seconds>,v1=<hex>` is an HMAC-SHA256 with that secret over `<seconds>.<body>`.
"""

import hashlib
import hmac
import json
import time
from typing import Any

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager

from accounts import outbound
from accounts.providers import is_safe_address
from accounts.secrets import CannotUnseal, unseal
from portal.fleet import reaching
from portal.fleet.deadlines import Deadline
from portal.fleet.models import Target
from portal.fleet.targets import failures
from portal.fleet.targets.failures import NotDelivered

SECONDS = 5.0
FAILURES: dict[type[requests.RequestException], str] = {
    requests.exceptions.SSLError: failures.CERTIFICATE,
    requests.exceptions.Timeout: failures.SILENT,
}


def send(target: Target, body: dict[str, object]) -> None:
    try:
        secret = unseal(target.sealed_secret)
    except CannotUnseal as error:
        raise NotDelivered(failures.SECRET) from error
    post(target.address, secret, body)


def post(address: str, secret: str, body: dict[str, object]) -> None:
    if not is_safe_address(address):
        raise NotDelivered(failures.NO_ADDRESS)
    data = json.dumps(body, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Homeport",
        "Homeport-Signature": signature(secret, data, int(time.time())),
    }
    try:
        answer = _answer(address, data, headers)
    except reaching.Elsewhere as error:
        raise NotDelivered(failures.REFUSED_ADDRESS) from error
    except requests.RequestException as error:
        raise NotDelivered(_code_of(error)) from error
    if not 200 <= answer.status_code < 300:
        raise NotDelivered(failures.of_status(answer.status_code))


def _answer(address: str, data: bytes, headers: dict[str, str]) -> requests.Response:
    """Name, connection, handshake and answer within one span of time, whatever has come when it is over."""
    with Deadline(SECONDS) as whole, _session(whole) as session:
        try:
            answer = outbound.fetch(
                address, method="POST", whole_seconds=SECONDS, session=session, data=data, headers=headers
            )
        except requests.RequestException:
            if not whole.is_over:
                raise
    if whole.is_over:
        raise requests.ReadTimeout
    return answer


def _code_of(error: requests.RequestException) -> str:
    for kind, code in FAILURES.items():
        if isinstance(error, kind):
            return code
    return failures.UNREACHABLE


def signature(secret: str, body: bytes, seconds: int) -> str:
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={signed.hexdigest()}"


def may_reach(address: str) -> bool:
    return reaching.reachable(address, settings.ALERT_NETWORKS)


def _session(whole: Deadline) -> requests.Session:
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(whole))
    return session


class _Adapter(HTTPAdapter):
    """Where the operator has set a proxy for the way out, the proxy decides instead."""

    def __init__(self, whole: Deadline) -> None:
        self._whole = whole
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = reaching.pools(may_reach, self._whole)
