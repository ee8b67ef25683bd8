"""What axe-core finds on a page as it is shown now, one line per kind of fault with the first places of it."""

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.run.programs import CHECKOUT

PLACES = 3


@cache
def _axe() -> str:
    return (CHECKOUT / "node_modules" / "axe-core" / "axe.min.js").read_text()


def faults(page: Page, rules: list[str] | None = None) -> list[str]:
    """By every rule of axe-core, or only the named ones."""
    page.evaluate(_axe())
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [_line(one) for one in found["violations"]]


def _line(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    places = "\n".join(f"    {node['html'][:160]}\n      {_why(node)}" for node in nodes[:PLACES])
    return f"{violation['id']} ({violation['impact']}): {violation['help']}; {len(nodes)} places:\n{places}"


def _why(node: dict[str, Any]) -> str:
    checks = [*node["any"], *node["all"], *node["none"]]
    return " · ".join(check["message"] for check in checks[:2])
