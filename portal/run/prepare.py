"""What must be done before the first request, in one process: checks, tables, translations, static files, a way in.

Out: its progress on standard error; on standard output what the supervisor shows once the portal answers.
"""

import argparse
import contextlib
import io
import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError

from portal.run import static_files


def main(arguments: list[str]) -> int:
    addresses = _parse(arguments)
    try:
        django.setup()
        with contextlib.redirect_stdout(sys.stderr):
            _prepare()
        _welcome(addresses)
    except OperationalError as error:
        return _refuse(
            f"The database cannot be used: {str(error).splitlines()[0]}. Check DATABASE_URL and that it runs."
        )
    except (CommandError, ImproperlyConfigured) as error:
        return _refuse(str(error))
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="portal.run.prepare")
    parser.add_argument("--http", default="")
    parser.add_argument("--https", default="")
    parser.add_argument("--ca", default="")
    parser.add_argument("--demo", action="store_true")
    return parser.parse_args(arguments)


def _prepare() -> None:
    print("Checking the settings.")
    call_command("check", deploy=settings.PRODUCTION, stdout=io.StringIO())
    print("Bringing the database up to date.")
    call_command("migrate", interactive=False, verbosity=0)
    print("Preparing translations and static files.")
    call_command("compile_catalogues")
    static_files.collect()


def _welcome(addresses: argparse.Namespace) -> None:
    if addresses.demo:
        call_command("demo_create", http=addresses.http, https=addresses.https, ca=addresses.ca)
    call_command("first_admin_link", base_url=addresses.http or addresses.https)


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
