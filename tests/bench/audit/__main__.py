"""On the database of this process: `tests/bench/__main__.py` starts it once for each kind."""

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
call_command("collectstatic", interactive=False, verbosity=0)

from tests.bench.audit import measuring  # noqa: E402

measuring.run()
