"""Seals in processes of their own that are killed, each at another step, and in one at last that is not. Prints, as JSON, what was left after each."""

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

import django

Act = Callable[..., Any]


def main() -> None:
    django.setup()
    ended = [apart(prepare)]
    for step in steps():
        ended += [apart(dying_at, *step), apart(judge, step[1])]
    print(json.dumps({"ended": [*ended, apart(seal), apart(judge, "done")]}))


def apart(act: Act, *args: Any) -> int | None:
    """As a worker does a job: in a fork, which begins without a connection."""
    process = multiprocessing.get_context("fork").Process(target=act, args=args)
    process.start()
    process.join()
    return process.exitcode


def prepare() -> None:
    from tests import world as worlds
    from tests.fleet.sealing.ages import days_ago, keep, write

    with days_ago(100):
        made = worlds.build()
    for days in (90, 60):
        with days_ago(days):
            write(made.contoso)
    keep(made)


def steps() -> list[tuple[Any, str]]:
    from portal.fleet.models.records import AuditSeal
    from portal.fleet.sealing import sealing
    from portal.fleet.stores.folder import FolderStore

    return [
        (FolderStore, "put"),
        (FolderStore, "get"),
        (sealing.audit, "release"),
        (sealing.audit, "record"),
        (AuditSeal, "save"),
    ]


def dying_at(owner: Any, name: str) -> None:
    act = getattr(owner, name)

    def dying(*args: Any, **kwargs: Any) -> None:
        act(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, dying)
    seal()


def seal() -> None:
    from accounts.models import Tenant
    from portal.fleet.sealing.sealing import seal_audit

    seal_audit(tenant_id=Tenant.objects.get(slug="contoso").id, seconds=60)


def judge(after: str) -> None:
    from accounts.models import AuditChain, AuditEntry
    from portal.fleet.models.records import AuditSeal
    from portal.fleet.sealing.verifying import verify

    chain = AuditChain.objects.get(tenant__slug="contoso")
    left = AuditEntry.objects.filter(chain=chain).count()
    found = {"sealed": chain.sealed_seq, "seals": AuditSeal.objects.count(), "left": left}
    print(json.dumps({"after": after, **found, "broken": [str(one) for one in verify()]}))


if __name__ == "__main__":
    main()
