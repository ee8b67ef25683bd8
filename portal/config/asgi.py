"""Where a request enters: http goes to Django's pages; sockets join in consoles/routing.py."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")

http = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402  needs the apps loaded

from portal.config.checks import refuse_to_start  # noqa: E402

refuse_to_start()
application = ProtocolTypeRouter({"http": http})
