from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Tenant, User
from portal.config.commands import OperatorCommand, Refused, Row
from portal.fleet.demo import real, report
from portal.fleet.demo.machines import add_machines
from portal.fleet.demo.networks import add_networks
from portal.fleet.demo.people import add_people
from portal.fleet.demo.world import World


class Command(OperatorCommand):
    help = "Puts a demonstration into an empty database and writes var/demo.json. Leaves any other database alone."

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--http", default="", help="address that browsers use")
        parser.add_argument("--https", default="", help="address that browsers use")
        parser.add_argument("--ca", default="", help="path of the certificate authority behind https")

    def act(self, *, http: str, https: str, ca: str, **options: Any) -> Row:
        path, addresses = Path(settings.VAR_DIR) / "demo.json", report.Addresses(http, https, ca)
        try:
            if Tenant.objects.exists() or User.objects.exists():
                kept = report.refresh(path, addresses)
                if kept:
                    real.add_full()
                return {"created": False, "kept": str(path) if kept else "", **_woken()}
            return self._create(path, addresses)
        except OSError as error:
            raise Refused(
                _("%(path)s cannot be written (%(problem)s), so no demonstration was made.")
                % {"path": path, "problem": error.strerror}
            ) from error

    def _create(self, path: Path, addresses: report.Addresses) -> Row:
        world = World()
        add_machines(world)
        add_networks(world)
        real.add_full(world)
        demo = report.demo_of(world, add_people(world), addresses)
        report.write(path, demo)
        return {**demo, **_woken()}

    def lines(self, result: Row) -> str:
        demo, path = result, Path(settings.VAR_DIR) / "demo.json"
        if "users" in demo:
            return report.lines(demo, path)
        if demo["kept"]:
            still = _("The demonstration is still there; its passwords are in %(path)s.") % {"path": path}
            return f"{still}\n{report.guests(real.count())}"
        return _("The database is in use: no demonstration was added.")


def _woken() -> Row:
    """What there is of real guests; those that run with Homeport are started."""
    return {"real": real.count(), "started": real.wake()}
