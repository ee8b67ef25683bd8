from django.apps import AppConfig


class FrameConfig(AppConfig):
    name = "portal.config"
    label = "frame"

    def ready(self) -> None:
        from django.conf import settings

        from portal.config import checks, logs  # noqa: F401  registers the system checks

        logs.configure(settings.LOG_FORMAT)
