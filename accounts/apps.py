from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        post_migrate.connect(write_built_in_roles, sender=self)


def write_built_in_roles(**kwargs: Any) -> None:
    """After every migrate, so that an upgrade brings the roles along."""
    from accounts.roles import sync_built_in_roles

    sync_built_in_roles()
