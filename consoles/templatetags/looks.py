from django import template

from accounts.forms.terminal import USUAL, TerminalForm
from accounts.models import User

register = template.Library()


@register.simple_tag
def terminal_form(user: User) -> TerminalForm:
    """What this person chose before, or the usual looks."""
    return TerminalForm(initial={**USUAL, **user.terminal})
