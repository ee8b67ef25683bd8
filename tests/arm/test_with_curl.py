"""The documented calls, by the real curl, against a real server process with TLS: only the host name is another one."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portal.run import certificates
from tests.run.programs import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Served:
    base: str
    ca: Path
    tenant: str
    subscription: str
    foreign_subscription: str
    vm: str
    client_id: str
    client_secret: str

    def curl(self, *arguments: str) -> tuple[int, Any]:
        command = ["curl", "--silent", "--cacert", str(self.ca), "--write-out", "\n%{http_code}", *arguments]
        body, _, status = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=30
        ).stdout.rpartition("\n")
        return int(status), json.loads(body)

    @property
    def switch(self) -> str:
        return f"{self.base}/subscriptions/{self.subscription}/providers/Microsoft.SerialConsole/consoleServices/default"

    def token(self) -> str:
        form = f"grant_type=client_credentials&client_id={self.client_id}&client_secret={self.client_secret}"
        status, answer = self.curl(
            "-d", f"{form}&scope={self.base}//.default", f"{self.base}/{self.tenant}/oauth2/v2.0/token"
        )
        assert status == 200, answer
        return str(answer["access_token"])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, database: Path) -> Iterator[Served]:
    var, port = tmp_path_factory.mktemp("var"), free_port()
    (var / "tls").mkdir()
    shutil.copy(database, var / "served.sqlite3")
    certificates.ensure(var / "tls", [])
    environment = os.environ | {
        "HOMEPORT_VAR": str(var),
        "DATABASE_URL": f"sqlite:///{var / 'served.sqlite3'}",
    }
    seed = subprocess.run(
        [sys.executable, "-m", "tests.arm.seed"], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    files = f"privateKey={var / 'tls' / 'server.key'}:certKey={var / 'tls' / 'server.pem'}"
    daphne = [sys.executable, "-m", "daphne", "-v", "0", "-e", f"ssl:{port}:{files}:interface=127.0.0.1"]
    server = subprocess.Popen([*daphne, "portal.config.asgi:application"], cwd=ROOT, env=environment)
    try:
        base = f"https://localhost:{port}"
        ca = var / "tls" / "ca.pem"
        wait = [
            "curl",
            "--silent",
            "--fail",
            "--cacert",
            str(ca),
            "--retry",
            "60",
            "--retry-delay",
            "1",
            "--retry-connrefused",
        ]
        subprocess.run([*wait, f"{base}/healthz"], check=True, timeout=90)
        yield Served(base=base, ca=ca, **json.loads(seed.stdout.splitlines()[-1]))
    finally:
        server.terminate()
        server.wait(20)


def test_the_documented_lines_read_turn_off_and_turn_on_the_switch(served: Served) -> None:
    token = served.token()
    headers = ["-H", f"Authorization: Bearer {token}", "-H", "Content-Type: application/json"]
    url = f"{served.switch}?api-version=2018-05-01"
    assert served.curl(*headers, url) == (200, {"properties": {"disabled": False}})
    for act, disabled in [("disableConsole", True), ("enableConsole", False)]:
        line = [
            *headers,
            "-X",
            "POST",
            "-H",
            "Content-Length: 0",
            f"{served.switch}/{act}?api-version=2018-05-01",
        ]
        assert served.curl(*line) == (200, {"properties": {"disabled": disabled}})
        assert served.curl(*headers, url) == (200, {"properties": {"disabled": disabled}})


def test_a_port_is_switched_and_its_path_may_be_escaped(served: Served) -> None:
    token = served.token()
    headers = ["-H", f"Authorization: Bearer {token}", "-H", "Content-Type: application/json"]
    port = f"{served.base}{served.vm.lower()}/providers/Microsoft.SerialConsole/serialPorts/0"
    status, answer = served.curl(*headers, "-X", "PUT", "-d", '{"properties":{"state":"disabled"}}', port)
    assert (status, answer["properties"]["state"]) == (201, "disabled")
    escaped = port.replace("virtualmachines/", "virtualmachines%2F")
    assert served.curl(*headers, escaped)[1]["properties"]["state"] == "disabled"


def test_what_is_wrong_is_said_in_json(served: Served) -> None:
    bearer = ["-H", f"Authorization: Bearer {served.token()}"]
    status, answer = served.curl(served.switch)
    assert (status, answer["error"]["code"]) == (401, "AuthenticationFailed")
    status, answer = served.curl(
        *bearer, served.switch.replace(served.subscription, served.foreign_subscription)
    )
    assert (status, answer["code"]) == (404, "SubscriptionNotFound")
    status, answer = served.curl(*bearer, f"{served.base}/providers/Microsoft.Nothing")
    assert (status, answer["error"]["code"]) == (404, "ResourceNotFound")
    form = f"grant_type=client_credentials&client_id={served.client_id}&client_secret=wrong"
    status, answer = served.curl("-d", form, f"{served.base}/adfs/oauth2/token")
    assert (status, answer["error"]) == (401, "invalid_client")
