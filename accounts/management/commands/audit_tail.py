from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from accounts.management.lookups import tenant_named
from accounts.models import AuditEntry
from portal.config.commands import OperatorCommand, Refused, Row


class Command(OperatorCommand):
    help = "Prints the newest entries of the audit log, oldest of them first."
    writes = False

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="short name, name or id; all of them when left out")
        parser.add_argument("--lines", type=int, default=20)

    def act(self, *, tenant: str | None, lines: int, **options: Any) -> list[Row]:
        if lines < 1:
            raise Refused(_("--lines is 1 or more."))
        entries = AuditEntry.objects.select_related("chain__tenant").order_by("-id")
        if tenant is not None:
            entries = entries.filter(chain__tenant=tenant_named(tenant))
        return [self._row(entry, options["json"]) for entry in reversed(list(entries[:lines]))]

    def _row(self, entry: AuditEntry, everything: bool) -> Row:
        row: Row = {
            "at": entry.at.isoformat(timespec="seconds"),
            "chain": str(entry.chain),
            "seq": entry.seq,
            "who": entry.principal_name,
            "action": entry.action,
            "scope": entry.scope,
            "outcome": entry.error_code or entry.outcome,
        }
        more: Row = {
            "address": entry.address,
            "request_id": entry.request_id,
            "details": entry.details,
            "hash": entry.hash,
        }
        return {**row, **more} if everything else row
