"""`make bench`: builds what it needs once under var/bench, measures, and prints tables.

`python -m tests.bench fleet` runs one, `python -m tests.bench live echo bulk` two measurements of the live console.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
os.environ["HOMEPORT_VAR"] = os.environ.get("HOMEPORT_BENCH_VAR", str(ROOT / "var" / "bench"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
Path(os.environ["HOMEPORT_VAR"]).mkdir(parents=True, exist_ok=True)

BENCHES = ["fleet", "audit", "archive", "search", "live"]


def main(wanted: list[str]) -> int:
    if wanted[:1] == ["live"]:
        return live(wanted[1:])
    unknown = [name for name in wanted if name not in BENCHES]
    if unknown:
        return no_such(unknown[0], BENCHES)
    if not wanted or "fleet" in wanted:
        fleet()
    if not wanted or "audit" in wanted:
        audit()
    if not wanted or "archive" in wanted:
        archive()
    if not wanted or "search" in wanted:
        search()
    return live([]) if not wanted or "live" in wanted else 0


def audit() -> None:
    """A million entries on SQLite, ten on PostgreSQL: a process of its own for each database, about eight minutes the first time."""
    import pgserver

    server = pgserver.get_server(Path(os.environ["HOMEPORT_VAR"]).resolve() / "postgres")
    for more in ({}, {"DATABASE_URL": server.get_uri()}):
        subprocess.run([sys.executable, "-m", "tests.bench.audit"], env={**os.environ, **more}, check=True)


def live(wanted: list[str]) -> int:
    """Without Django in this process: the product runs beside it."""
    from tests.bench.live import measurements

    unknown = [name for name in wanted if name not in measurements.NAMES]
    if unknown:
        return no_such(unknown[0], measurements.NAMES)
    measurements.run(wanted or measurements.NAMES)
    return 0


def no_such(name: str, there: list[str]) -> int:
    print(f"There is no benchmark named {name}; there are: {', '.join(there)}.", file=sys.stderr)
    return 2


def fleet() -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

    call_command("collectstatic", interactive=False, verbosity=0)
    from tests.bench import fleet

    fleet.run()


def archive() -> None:
    import django

    django.setup()
    from django.conf import settings

    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    from tests.bench import archive

    archive.run()


def search() -> None:
    import django

    django.setup()
    from tests.bench import search

    search.run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
