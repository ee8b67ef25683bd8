"""What docs/records.md tells an outsider to type proves a file, and fails for another."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing.keys import public_key
from portal.fleet.sealing.sealing import seal_audit
from portal.fleet.stores.opening import store_of
from tests.world import World

TOOLS = ["zstd", "jq", "openssl", "sha256sum"]
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)} to be installed"
)


def commands() -> str:
    block = re.search(r"```\n(zstd .*?)```", (settings.BASE_DIR / "docs/records.md").read_text(), re.DOTALL)
    assert block
    return block[1]


def test_a_file_is_proved_by_hand(world: World, tmp_path: Path) -> None:
    seal_audit(tenant_id=world.contoso.id, seconds=60)
    seal = AuditSeal.objects.get(first_seq=1)
    (tmp_path / "homeport.pem").write_text(public_key())
    (tmp_path / "file.zst").write_bytes(store_of(seal.account).get(seal.blob))
    text = re.sub(r"\d{12}-\d{12}\.jsonl\.zst", "file.zst", commands())

    def run(script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-ec", script], cwd=tmp_path, env=os.environ, capture_output=True, text=True
        )

    proved = run(text)
    assert proved.returncode == 0, proved.stderr
    assert seal.sha256 in proved.stdout
    assert "Verified Successfully" in proved.stdout
    verify = text.splitlines()[-1]
    assert run(f"echo forged >> statement; {verify}").returncode != 0
