"""The reference page of all settings. In: what `env` registered while settings were read. Out: docs/configuration.md."""

import re

from portal.config.env import REGISTRY, Setting

INTRODUCTION = """\
# Configuration

Everything is set through environment variables; without any, `make run` serves a complete portal on this machine.
A secret can also be read from a file: name it in the variable with `_FILE` at the end, and keep it readable by its owner only.

`make run` itself knows one more: `DEMO=0` starts without the demonstration and prints a one-time link for the first administrator.

This page is written by `manage.py config_reference --write` from the settings themselves.
"""
GROUPS = {
    "How it runs": r"_PRODUCTION$|_DEBUG$|_VAR$|_WEB_PROCESSES$|_LOG_",
    "Where it is reached": r"_BIND$|_HTTPS?_PORT$|_TLS_|_HOSTS$|_TRUSTED_PROXIES$",
    "Database and Redis": r"^DATABASE_URL$|^REDIS_URL$",
    "Serial lines, machines and stores": r"_HUB_|_SPOOL|_SESSIONS_PER_|_MACHINE_|_LAB$|_STORE",
    "Secrets": r"_KEY$|_METRICS_",
    "Signing in": r"_SESSION_|_SIGN_IN_|_MFA_|_OIDC_",
    "Mail and alerts": r"_SMTP_|_MAIL_|_ALERT_",
    "More": r"",
}


def page() -> str:
    return "\n".join(
        [INTRODUCTION, *(_section(title, settings) for title, settings in grouped().items() if settings)]
    )


def grouped() -> dict[str, list[Setting]]:
    """Each setting is in the first group whose pattern its name matches."""
    groups: dict[str, list[Setting]] = {title: [] for title in GROUPS}
    for setting in REGISTRY.values():
        title = next(title for title, pattern in GROUPS.items() if re.search(pattern, setting.name))
        groups[title].append(setting)
    return groups


def _section(title: str, settings: list[Setting]) -> str:
    rows = [f"| `{one.name}` | {one.kind} | {_default(one)} | {one.help} |" for one in settings]
    return "\n".join(
        [f"## {title}", "", "| variable | kind | default | what it does |", "|---|---|---|---|", *rows, ""]
    )


def _default(setting: Setting) -> str:
    return f"`{setting.default}`" if setting.default else "unset"
