from typing import Any

from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import AuditChain
from portal.config.commands import OperatorCommand, Refused, Row


class Command(OperatorCommand):
    help = "Checks every chain of the audit log; names the first broken link of each and ends with exit code 1 if there is one."
    writes = False

    def act(self, **options: Any) -> Row:
        broken = list(audit.verify())
        if broken:
            links = "; ".join(f"{link.chain}, entry {link.seq}: {link.problem}" for link in broken)
            raise Refused(
                _("The audit log was altered. First broken link of each chain: %(links)s.") % {"links": links}
            )
        chains = list(AuditChain.objects.all())
        return {"chains": len(chains), "entries": sum(chain.seq for chain in chains), "unbroken": True}
