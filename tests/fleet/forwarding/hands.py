"""Services called beside the worker of forwarding. In: a line of JSON per act. Out: a line of JSON once it is committed."""

import json
import sys
from typing import Any

import django

django.setup()

from accounts import actions, audit, principals  # noqa: E402  needs the apps loaded
from accounts.models import Tenant  # noqa: E402
from accounts.services.tenants import create_tenant  # noqa: E402
from portal.fleet.forwarding.jobs import forward_waiting_job  # noqa: E402
from portal.fleet.forwarding.sending import forward  # noqa: E402
from portal.fleet.models import ForwardTarget  # noqa: E402
from portal.fleet.services.forwarding import (  # noqa: E402
    add_forward_target,
    switch_forward_target,
    try_forward_target,
)

BY = principals.system("tests")


def aim(address: str, authority: str) -> int:
    """The number before the first entry that it gets."""
    tenant = create_tenant(by=BY, name="Contoso", slug="contoso")
    target, _secret = add_forward_target(
        by=BY, tenant=tenant, kind="syslog", address=address, authority=authority
    )
    return target.done_seq


def happen(times: int) -> None:
    tenant = Tenant.objects.get()
    for _ in range(times):
        audit.record(by=BY, action=actions.CONNECT, scope=tenant.scope, tenant_id=tenant.id)


def tick() -> int:
    """The clock's turn."""
    return forward_waiting_job()


def meddle() -> str:
    """What people do on the page: a test, turned off, turned on. Returns why the test did not arrive."""
    target = ForwardTarget.objects.get()
    problem = try_forward_target(by=BY, target=target)
    for enabled in (False, True):
        switch_forward_target(by=BY, target=target, enabled=enabled)
    return problem


def send() -> int:
    """As another worker would."""
    return forward(ForwardTarget.objects.get().id)


def forget_claim() -> None:
    """As when the claim of whoever died has run out."""
    ForwardTarget.objects.update(claimed_until=None)


def done() -> int:
    return ForwardTarget.objects.get().done_seq


ACTS = {act.__name__: act for act in (aim, happen, tick, meddle, send, forget_claim, done)}

for line in sys.stdin:
    asked = json.loads(line)
    try:
        answer: dict[str, Any] = {"done": ACTS[asked["act"]](**asked["what"])}
    except Exception as error:
        answer = {"problem": repr(error)}
    print(json.dumps(answer), flush=True)
