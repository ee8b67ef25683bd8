"""`make bench`: builds what it needs once under var/bench, measures, and prints tables. `python -m tests.bench fleet` runs one."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
os.environ["HOMEPORT_VAR"] = os.environ.get("HOMEPORT_BENCH_VAR", str(ROOT / "var" / "bench"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
Path(os.environ["HOMEPORT_VAR"]).mkdir(parents=True, exist_ok=True)

BENCHES = ["fleet"]


def main() -> int:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

    call_command("collectstatic", interactive=False, verbosity=0)
    wanted = sys.argv[1:] or BENCHES
    unknown = [name for name in wanted if name not in BENCHES]
    if unknown:
        print(f"There is no benchmark named {unknown[0]}; there are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    from tests.bench import fleet

    for name in wanted:
        {"fleet": fleet.run}[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
