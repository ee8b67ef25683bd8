from django import template

from consoles.distributions import CUSTOM, LINUX, WINDOWS, distribution

register = template.Library()
register.filter("distribution", distribution)


@register.filter
def help_page(name: str) -> str:
    return f"consoles/help/{name}.html"


@register.simple_tag
def guest_pages() -> list[str]:
    return [*LINUX, CUSTOM, WINDOWS]
