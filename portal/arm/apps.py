from django.apps import AppConfig


class ArmConfig(AppConfig):
    name = "portal.arm"
