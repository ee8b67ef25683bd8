from typing import Any

from django.utils.translation import gettext as _

from accounts.models import AuditChain
from portal.config.commands import OperatorCommand, Refused, Row
from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing.verifying import verify


class Command(OperatorCommand):
    help = "Checks every chain of the audit log, in the database and in sealed files; names the first broken link of each and ends with exit code 1 if there is one."
    writes = False

    def act(self, **options: Any) -> Row:
        broken = list(verify())
        if broken:
            links = "; ".join(f"{link.chain}, entry {link.seq}: {link.problem}" for link in broken)
            raise Refused(
                _("The audit log was altered. First broken link of each chain: %(links)s.") % {"links": links}
            )
        chains = list(AuditChain.objects.all())
        return {
            "chains": len(chains),
            "entries": sum(chain.seq for chain in chains),
            "sealed": sum(chain.sealed_seq for chain in chains),
            "sealed_files": AuditSeal.objects.filter(deleted_at=None).count(),
            "files_deleted_by_retention": AuditSeal.objects.exclude(deleted_at=None).count(),
            "unbroken": True,
        }
