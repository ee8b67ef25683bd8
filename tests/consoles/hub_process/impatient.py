"""The hub's command with a quicker timer in the modules that are named: what is waited for comes sooner, and nothing else is different."""

import sys
from importlib import import_module
from typing import Any

import django
from django.core.management import execute_from_command_line

EVERY = 0.5
FOLLOWING, REGISTRY = "portal.fleet.following.hints", "consoles.hub.registry"

if __name__ == "__main__":
    django.setup()
    for name in sys.argv[1:]:
        module: Any = import_module(name)
        module.EVERY = EVERY
    execute_from_command_line(["manage.py", "run_hub"])
