"""`python -m portal.run`: runs Homeport on this machine until Ctrl-C."""

import os
import sys

from portal.run import certificates, plan, ready
from portal.run.options import from_environment
from portal.run.refusal import Refusal
from portal.run.supervisor import Plan, supervise


def main() -> int:
    os.umask(0o077)
    try:
        options = from_environment(os.environ)
    except Refusal as refusal:
        print(f"homeport: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
