"""The real supervisor with toy processes, as a program: `python -m tests.run.toy VAR PORT NAME=SCRIPT…`.

`prepare=SCRIPT` replaces the preparation; each other NAME is a process that runs SCRIPT in Python.
"""

import os
import sys
from pathlib import Path

from portal.run import supervisor
from portal.run.child import Spec
from portal.run.errors import CannotStartError
from portal.run.options import Options


async def ready_at_once() -> None:
    return None


def main(var: str, port: str, *named: str) -> int:
    specs = [
        Spec(name, (sys.executable, "-c", script)) for name, script in (pair.split("=", 1) for pair in named)
    ]
    preparation = next((spec for spec in specs if spec.name == "prepare"), Spec("prepare", ("true",)))
    plan = supervisor.Plan(preparation, [spec for spec in specs if spec.name != "prepare"], ready_at_once)
    own_redis = os.environ.get("TOY_REDIS") == "1"
    options = Options(var=Path(var), http_port=int(port), https_port=0, own_redis=own_redis)
    supervisor.GRACE = float(os.environ.get("TOY_GRACE", "5"))
    try:
        return supervisor.supervise(options, plan)
    except CannotStartError as error:
        print(f"homeport: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
