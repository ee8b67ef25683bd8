"""A real OpenID Connect issuer in a process of its own on loopback, and the browser that visits it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

import requests
from django.test import Client

from accounts.models import IdentityProvider
from accounts.secrets import seal
from tests.run.programs import free_port
from tests.world import World

SECONDS = 5


@dataclass
class Issuer:
    url: str

    def knows(self, sub: str, **claims: Any) -> None:
        requests.put(f"{self.url}/users/{sub}", json=claims, timeout=SECONDS).raise_for_status()

    def answer(self, leaving_to: str, sub: str = "", **form: str) -> str:
        """What the browser is redirected to after the person signed in there, or refused to."""
        said = requests.post(
            leaving_to, data={"sub": sub, **form} if sub else form, allow_redirects=False, timeout=SECONDS
        )
        assert said.status_code == 302, said.text
        return said.headers["Location"]


def make(world: World, issuer: Issuer, slug: str = "contoso-id", **fields: Any) -> IdentityProvider:
    """One that admits everybody the issuer knows: each of its tokens is made out to this client."""
    defaults = {
        "tenant": world.contoso,
        "name": "Contoso ID",
        "issuer": issuer.url,
        "client_id": "homeport",
        "membership_claim": "aud",
        "membership_values": ["homeport"],
    }
    secret = seal("secret")
    return IdentityProvider.objects.create(slug=slug, sealed_client_secret=secret, **{**defaults, **fields})


@contextmanager
def running() -> Iterator[Issuer]:
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    issuer = Issuer(f"http://127.0.0.1:{port}")
    try:
        _wait_for(issuer, process)
        yield issuer
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(issuer: Issuer, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            requests.get(f"{issuer.url}/.well-known/openid-configuration", timeout=SECONDS).raise_for_status()
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the issuer did not start")


def leave(client: Client, slug: str, next: str = "") -> str:
    """Presses the provider's button; returns the address at the issuer that the browser is led to."""
    page = client.post(f"/sign-in/with/{slug}/", {"next": next})
    assert page.status_code == 200, page.headers.get("Location")
    return unescape(page.content.decode().split("0; url=")[1].split('"')[0])


def come_back(client: Client, location: str) -> Any:
    path = location.removeprefix("http://testserver")
    assert path.startswith("/sign-in/from/")
    return client.get(path)


def visit(client: Client, issuer: Issuer, slug: str, sub: str, next: str = "") -> Any:
    return come_back(client, issuer.answer(leave(client, slug, next), sub))


def problem(client: Client, answer: Any) -> str:
    """The sentence on the sign-in page after a failure, to which a browser with a session is led back."""
    if answer.status_code == 302:
        assert answer["Location"].startswith("/sign-in/"), answer["Location"]
        answer = client.get(answer["Location"])
    page = answer.content.decode()
    return unescape(page.split('alert-danger" role="alert">')[1].split("<")[0])
