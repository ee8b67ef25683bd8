"""Where a request enters: http goes to Django's pages; sockets join in consoles/routing.py."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")

http = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402  needs the apps loaded
from django.utils.module_loading import import_string  # noqa: E402

from portal.config.checks import refuse_to_start  # noqa: E402

refuse_to_start()
sockets = import_string("consoles.routing.application")  # by name, as urls.py names its pages
application = ProtocolTypeRouter({"http": http, "websocket": sockets})
