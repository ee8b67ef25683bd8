"""How mail leaves, as the real process reads it from the environment."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

NAMES = ["HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL"]
READ = f"""
import json
from portal.config import settings
print(json.dumps([getattr(settings, "EMAIL_" + name) for name in {NAMES}]))
"""


def read(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HOMEPORT_")}
    return subprocess.run(
        [sys.executable, "-c", READ],
        cwd=settings.BASE_DIR,
        env={**kept, "HOMEPORT_VAR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
    )


def test_a_mail_server_that_wants_a_sign_in_over_tls_can_be_named(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("of the mail server\n")
    ended = read(
        tmp_path,
        HOMEPORT_SMTP_HOST="mail.example",
        HOMEPORT_SMTP_PORT="587",
        HOMEPORT_SMTP_USER="homeport",
        HOMEPORT_SMTP_PASSWORD_FILE=str(secret),
        HOMEPORT_SMTP_SECURITY="starttls",
    )
    assert json.loads(ended.stdout) == ["mail.example", 587, "homeport", "of the mail server", True, False]


def test_nothing_named_is_no_mail_server_at_the_usual_port(tmp_path: Path) -> None:
    assert json.loads(read(tmp_path).stdout) == ["", 25, "", "", False, False]
    assert json.loads(read(tmp_path, HOMEPORT_SMTP_SECURITY="tls").stdout)[4:] == [False, True]


@pytest.mark.parametrize("nonsense", ["ssl3", "STARTTLS please", ""])
def test_nonsense_is_refused_with_the_words_there_are(tmp_path: Path, nonsense: str) -> None:
    ended = read(tmp_path, HOMEPORT_SMTP_SECURITY=nonsense)
    assert ended.returncode != 0
    assert "HOMEPORT_SMTP_SECURITY must be none or starttls or tls" in ended.stderr
