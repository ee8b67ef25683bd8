"""A worker that the system kills in the middle of sealing: another one, begun afterwards, does what is left."""

import os
import signal
import subprocess
import sys

import pytest

from tests.consoles.hub_process.place import Place
from tests.run.programs import CHECKOUT

BEGIN = """
import os, signal, django; django.setup()
from accounts.models import AuditChain, AuditEntry, Tenant
from portal.fleet.models import StorageAccount
from portal.fleet.models.records import AuditSeal, Retention
from portal.fleet.sealing import sealing, verifying
from portal.fleet.stores.folder import FolderStore
"""
PREPARE = """
from tests import world as worlds
from tests.fleet.sealing.ages import days_ago, keep, write
with days_ago(100):
    made = worlds.build()
for days in (90, 60):
    with days_ago(days):
        write(made.contoso)
keep(made)
"""
SEAL = """
tenant = Tenant.objects.get(slug="contoso")
print(sealing.seal_audit(tenant_id=tenant.id, seconds=60))
"""
DIE = """
def dying(act):
    def died(*args, **kwargs):
        act(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)
    return died
{what} = dying({what})
"""
JUDGE = """
chain = AuditChain.objects.get(tenant=tenant)
print(chain.sealed_seq, AuditSeal.objects.count(), AuditEntry.objects.filter(chain=chain).count(), list(verifying.verify()))
"""
STEPS = [
    "FolderStore.put",
    "FolderStore.get",
    "sealing.audit.release",
    "sealing.audit.record",
    "AuditSeal.save",
]


def python(place: Place, code: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, **place.environment, "HOMEPORT_STORES": str(place.var / "stores")}
    command = [sys.executable, "-c", BEGIN + code]
    return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True)


@pytest.mark.chaos
def test_sealing_that_is_killed_is_finished_by_the_next_worker(place: Place) -> None:
    assert python(place, PREPARE).returncode == 0
    for step in STEPS:
        killed = python(place, DIE.format(what=step) + SEAL)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        judged = python(place, SEAL.splitlines()[1] + JUDGE)
        assert judged.stdout.endswith("[]\n"), (step, judged.stdout, judged.stderr)
    done = python(place, SEAL + JUDGE)
    sealed, seals, left, broken = done.stdout.splitlines()[-1].split(" ", 3)
    assert int(sealed) > 6
    assert (int(seals), int(left), broken) == (3, 3, "[]"), "of the entries, only those that say so are left"
