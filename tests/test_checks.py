"""Every way to run unsafely in production is refused with its own id, by the real process with real settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
KEY = "a-long-and-random-value-0123456789-abcdefghijklmnop-XYZ"


def check(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HOMEPORT_", "DATABASE_", "REDIS_", "DJANGO_"))
    }
    given = {
        "HOMEPORT_PRODUCTION": "1",
        "HOMEPORT_VAR": str(tmp_path),
        "HOMEPORT_HUB_LISTEN": "unix:///run/homeport/hub.sock",
        "HOMEPORT_SECRET_KEY": KEY,
        "DATABASE_URL": "postgres://homeport@127.0.0.1/homeport",
        **environment,
    }
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={**clean, **given},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_sound_production_settings_pass_without_a_warning(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("environment", "id"),
    [
        ({"HOMEPORT_SECRET_KEY": ""}, "homeport.E001"),
        ({"HOMEPORT_SECRET_KEY": "short"}, "homeport.E001"),
        ({"HOMEPORT_DEBUG": "1"}, "homeport.E002"),
        ({"HOMEPORT_HTTPS_PORT": "0"}, "homeport.E003"),
        ({"HOMEPORT_TLS_ELSEWHERE": "1"}, "homeport.E003"),
        ({"DATABASE_URL": "sqlite:///x.sqlite3", "HOMEPORT_WEB_PROCESSES": "2"}, "homeport.E005"),
    ],
)
def test_it_refuses_unsafe_production_settings_by_id(
    tmp_path: Path, environment: dict[str, str], id: str
) -> None:
    done = check(tmp_path, **environment)
    assert done.returncode != 0
    assert id in done.stderr


@pytest.mark.parametrize(
    ("environment", "id"),
    [
        ({"HOMEPORT_HUB_HOST": "rack/2"}, "homeport.E006"),
        ({"HOMEPORT_HUB_LISTEN": "127.0.0.1:7000"}, "homeport.E007"),
        ({"HOMEPORT_HUB_LISTEN": "tls://rack-2"}, "homeport.E007"),
        ({"HOMEPORT_HUB_LISTEN": "unix:///" + "long" * 30}, "homeport.E007"),
        ({"HOMEPORT_HUB_LISTEN": "tls://rack-2:7000"}, "homeport.E008"),
        ({"HOMEPORT_HUB_CA": "/etc/homeport/ca.pem"}, "homeport.E008"),
    ],
)
def test_a_hub_that_could_not_be_reached_is_refused_by_id(
    tmp_path: Path, environment: dict[str, str], id: str
) -> None:
    refused = check(tmp_path, HOMEPORT_PRODUCTION="0", **environment)
    assert refused.returncode != 0
    assert id in refused.stderr


def test_a_hub_with_all_three_files_passes_unless_others_can_read_its_key(tmp_path: Path) -> None:
    files = {f"HOMEPORT_HUB_{name}": str(tmp_path / name) for name in ("CA", "CERT", "KEY")}
    key = tmp_path / "KEY"
    key.touch(mode=0o600)
    passed = check(tmp_path, HOMEPORT_HUB_LISTEN="tls://rack-2:7000", **files)
    assert passed.returncode == 0, passed.stderr
    key.chmod(0o644)
    assert "homeport.E004" in check(tmp_path, **files).stderr


def test_it_refuses_a_secret_file_that_others_can_read(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text(KEY)
    secret.chmod(0o644)
    given = {"HOMEPORT_SECRET_KEY": "", "HOMEPORT_SECRET_KEY_FILE": str(secret)}
    refused = check(tmp_path, **given)
    assert "homeport.E004" in refused.stderr
    secret.chmod(0o600)
    assert check(tmp_path, **given).returncode == 0


def test_the_web_process_itself_refuses_to_start(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "HOMEPORT_PRODUCTION": "1",
        "HOMEPORT_DEBUG": "1",
        "HOMEPORT_VAR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", "import portal.config.asgi"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "homeport.E002" in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("HOMEPORT_HTTP_PORT", "eighty", "HOMEPORT_HTTP_PORT must be a whole number"),
        ("HOMEPORT_DEBUG", "maybe", "HOMEPORT_DEBUG must be 1 or 0"),
        ("HOMEPORT_SECRET_KEY_FILE", "/nowhere/key", "HOMEPORT_SECRET_KEY_FILE cannot be read"),
    ],
)
def test_nonsense_in_the_environment_is_told_by_name(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    done = check(tmp_path, **{name: value})
    assert done.returncode != 0
    assert sentence in done.stderr
