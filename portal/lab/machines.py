"""Writes a machine where the driver finds it. In: its folder and its specification. Out: `machine.json`, and its URL."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote


def write(folder: Path, specification: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "machine.json"
    fresh = path.with_name(".machine.json.new")
    fresh.write_text(json.dumps(specification, indent=2) + "\n")
    fresh.rename(path)
    return path


def machine_url(path: Path) -> str:
    return f"qemu://{quote(str(path))}"


def serial_url(path: Path) -> str:
    """Its first serial port, with the monitor by which a BREAK reaches it."""
    folder = quote(str(path.parent))
    return f"unix://{folder}/serial.sock?qmp={folder}/break.sock&chardev=serial0"
