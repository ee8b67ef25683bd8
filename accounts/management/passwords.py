"""A new password on the command line: typed at a prompt, piped in, or random and shown once. Never an argument: those are public."""

import getpass
import secrets
import sys
from argparse import ArgumentParser
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from portal.config.commands import Refused

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 4


@dataclass(frozen=True)
class NewPassword:
    text: str
    shown: dict[str, object] = field(default_factory=dict)


def add_password_options(parser: ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    how.add_argument("--random-password", action="store_true", help="make a random one and print it, once")


def password_from(options: dict[str, Any]) -> NewPassword:
    if options["random_password"]:
        text = random_password()
        return NewPassword(text, {"password": text})
    if options["password_stdin"]:
        return NewPassword(sys.stdin.readline().rstrip("\r\n"))
    if not sys.stdin.isatty():
        raise Refused(
            _("There is no terminal to ask for a password. Give --password-stdin or --random-password.")
        )
    return NewPassword(_typed_twice())


def _typed_twice() -> str:
    try:
        text = getpass.getpass(_("Password: "))
        again = getpass.getpass(_("The same again: "))
    except (KeyboardInterrupt, EOFError) as error:
        raise Refused(_("No password was given, so nothing was created.")) from error
    if text != again:
        raise Refused(_("The two passwords differ."))
    return text


def random_password() -> str:
    """79 random bits, without letters that look like another."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
