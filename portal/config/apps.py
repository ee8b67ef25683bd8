from django.apps import AppConfig


class FrameConfig(AppConfig):
    name = "portal.config"
    label = "frame"

    def ready(self) -> None:
        from portal.config import checks  # noqa: F401  registers the system checks
