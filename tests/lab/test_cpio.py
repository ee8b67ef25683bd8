"""The archive that is packed here, as cpio itself and a kernel read it."""

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

from portal.lab import cpio


def listed(archive: bytes) -> dict[str, str]:
    """What cpio says of it: mode by name."""
    done = subprocess.run(
        ["cpio", "-itv", "--quiet"], input=gzip.decompress(archive), capture_output=True, check=True
    )
    rows = [line.split(" 1970 ") for line in done.stdout.decode().splitlines()]
    return {name: told.split()[0] for told, name in rows}


@pytest.mark.skipif(not shutil.which("cpio"), reason="there is no cpio")
def test_it_packs_files_links_folders_and_a_device_without_root(tmp_path: Path) -> None:
    (tmp_path / "sbin").mkdir()
    (tmp_path / "sbin" / "start").write_text("#!/bin/sh\n")
    (tmp_path / "sbin" / "start").chmod(0o700)
    (tmp_path / "sh").symlink_to("busybox")
    assert listed(cpio.pack([*cpio.walk(tmp_path), cpio.directory("dev"), cpio.CONSOLE])) == {
        "sbin": "drwxr-xr-x",
        "sbin/start": "-rwxr-xr-x",
        "sh -> busybox": "lrwxrwxrwx",
        "dev": "drwxr-xr-x",
        "dev/console": "crw-------",
    }


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "motd").write_text("hello")
    first = cpio.pack(cpio.walk(tmp_path))
    (tmp_path / "motd").touch()
    assert cpio.pack(cpio.walk(tmp_path)) == first
