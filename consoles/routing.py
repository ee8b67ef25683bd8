"""Where sockets enter. In: a path. Out: the application that speaks there."""

from typing import Any

from channels.routing import URLRouter
from django.urls import path, re_path

from consoles.consumers import console, nowhere
from consoles.urls import INSTANCE, VM

# URLRouter calls what it finds with an ASGI connection, not with a request
socket: Any = console
none: Any = nowhere

application = URLRouter(
    [path(f"live/{VM}", socket), path(f"live/{INSTANCE}", socket), re_path("", none)],
)
