"""`python -m portal.run`: runs Homeport on this machine until Ctrl-C."""

import os
import sys
from functools import partial

from portal.run import plan, ready
from portal.run.errors import CannotStartError
from portal.run.options import from_environment
from portal.run.supervisor import Plan, supervise


def main() -> int:
    os.umask(0o077)
    try:
        options = from_environment(os.environ)
        what = Plan(
            plan.preparation(options),
            plan.processes(options),
            partial(ready.web, options),
            plan.farewell(options),
        )
        return supervise(options, what)
    except CannotStartError as error:
        print(f"homeport: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
