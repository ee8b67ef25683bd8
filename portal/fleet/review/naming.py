"""What a scope is called on a line. In: a scope. Out: its last name, with its set's where that is a number."""

import re

INSTANCE = re.compile(r"/virtualmachinescalesets/([^/]+)/virtualmachines/([^/]+)(?:/|$)", re.IGNORECASE)
PORT = re.compile(r"/virtualmachines/([^/]+)/providers/", re.IGNORECASE)


def name_of(scope: str) -> str:
    """A port has the name of its machine, an instance the one that its set gives it."""
    scope = scope.rstrip("/")
    instance = INSTANCE.search(scope)
    if instance:
        return "_".join(instance.groups())
    port = PORT.search(scope)
    return port[1] if port else scope.rsplit("/", 1)[-1]
