"""Run beside the web process. In: a line of JSON per act on standard input. Out: a line of JSON with what was done."""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  needs the settings
from django.utils import timezone  # noqa: E402  needs the settings

from accounts import principals  # noqa: E402  needs the apps loaded
from accounts.models import Group, RoleAssignment, RoleDefinition, Tenant, User  # noqa: E402
from accounts.services.people import create_user, save_group  # noqa: E402
from accounts.services.roles import assign_role, remove_assignment  # noqa: E402
from accounts.services.tenants import add_member, change_tenant, create_tenant, remove_member  # noqa: E402
from consoles.models import ConsoleSession, KeyboardAct  # noqa: E402  needs the apps loaded
from consoles.record.spool import Spool  # noqa: E402  needs the settings
from consoles.services import Counts, end_session, open_session, see_session  # noqa: E402  needs the apps loaded
from portal.fleet.demo.people import light_hash  # noqa: E402
from portal.fleet.models import SerialPort, Subscription, VirtualMachine  # noqa: E402
from portal.fleet.services.resources import add_vm, create_resource_group, create_subscription  # noqa: E402
from portal.fleet.services.sightings import record_sighting  # noqa: E402
from portal.fleet.services.switches import switch_console  # noqa: E402

BY = principals.system("tests")
PASSWORD = "correct horse battery"


def house(
    name: str,
    vms: dict[str, str],
    subscription: str = "production",
    lines: dict[str, str] | None = None,
    machines: dict[str, str] | None = None,
    os: str = "Linux",
    os_name: str = "",
) -> dict[str, str]:
    """A tenant with one subscription, one resource group, and machines by name and power state; `lines` are their serial ports' URLs, `machines` their own."""
    tenant = create_tenant(by=BY, name=name, slug=f"house-{Tenant.objects.count()}")
    paid = create_subscription(by=BY, tenant=tenant, name=subscription)
    place = create_resource_group(by=BY, subscription=paid, name="web")
    for machine, power in vms.items():
        url = (lines or {}).get(machine, "loop://")
        behind = (machines or {}).get(machine, "none://")
        made = {"os": os, "os_name": os_name, "serial_url": url, "power_state": power, "machine_url": behind}
        add_vm(by=BY, group=place, name=machine, **made)
    return {
        "tenant": str(tenant.id),
        "subscription": str(paid.id),
        "group": place.scope,
        "scope": tenant.scope,
    }


def person(
    name: str, tenant: str, role: str = "", scope: str = "", display_name: str = "", language: str = ""
) -> dict[str, str]:
    home = Tenant.objects.get(id=tenant)
    user = create_user(by=BY, username=name, password=None, display_name=display_name)
    user.password, user.language = light_hash(PASSWORD), language
    user.save(update_fields=["password", "language"])
    add_member(by=BY, tenant=home, user=user)
    if role:
        give(str(user.id), tenant, role, scope)
    return {"id": str(user.id), "username": user.username, "password": PASSWORD}


def give(user: str, tenant: str, role: str, scope: str = "") -> None:
    home, kind = Tenant.objects.get(id=tenant), RoleDefinition.objects.get(name=role, tenant=None)
    holder = User.objects.get(id=user)
    assign_role(
        by=BY,
        tenant=home,
        principal_kind="User",
        principal_id=holder.id,
        role=kind,
        scope=scope or home.scope,
    )


def take_away(user: str, tenant: str, role: str = "") -> None:
    """One of the roles that the person was given, or every one."""
    given = RoleAssignment.objects.filter(tenant__id=tenant, principal_id=user)
    for assignment in given.filter(role__name=role) if role else given:
        remove_assignment(by=BY, assignment=assignment)


def leave(user: str, tenant: str) -> None:
    remove_member(by=BY, tenant=Tenant.objects.get(id=tenant), user=User.objects.get(id=user))


def printed(scope: str, texts: list[str], apart_ms: int = 1000, times: int = 1) -> int:
    """A line that no hub holds has printed this, `times` over: into its spool, as a hub would write it. How much there is now."""
    line = VirtualMachine.objects.get(scope_key=scope.lower()).ports.get(number=0).line_id
    spool = Spool(Path(settings.SPOOL) / str(line), 1 << 30)
    now = int(timezone.now().timestamp() * 1000) - apart_ms * len(texts) * times
    for number, text in enumerate(text for _ in range(times) for text in texts):
        spool.append(text.encode(), now + number * apart_ms)
    spool.close()
    return spool.end


def session(
    scope: str,
    user: str,
    from_offset: int,
    to_offset: int,
    live: bool = False,
    mode: str = "write",
    live_offset: int | None = None,
    lasted: float = 0,
) -> str:
    """Somebody is, or for so many seconds was, attached to a machine's console and saw this stretch of its log."""
    vm, person = VirtualMachine.objects.get(scope_key=scope.lower()), User.objects.get(id=user)
    by = principals.Principal(
        principals.USER, person.id, person.display_name, vm.tenant_id, address="192.0.2.7"
    )
    counts = Counts(12, to_offset - from_offset, from_offset, to_offset, live_offset)
    about = {"mode": mode, "via": "page", "user_agent": "tests", "from_offset": None}
    made = open_session(by=by, vm=vm, port=vm.ports.get(number=0), **about)
    if live:
        see_session(session=made, mode=mode, counts=counts)
    else:
        end_session(by=by, session=made, code="left", counts=counts)
    came = made.started_at - timedelta(seconds=lasted)
    ConsoleSession.objects.filter(id=made.id).update(started_at=came)
    return str(made.id)


def acted(session: str, kind: str, before: float) -> None:
    """What somebody did at the keyboard besides typing, so many seconds before the session was made."""
    held = ConsoleSession.objects.get(id=session)
    at = held.started_at - timedelta(seconds=before)
    KeyboardAct.objects.create(session=held, line_id=held.line_id, kind=kind, how="sent", at=at)


def port(scope: str, number: int, text: str) -> None:
    """One more serial port, which has printed this."""
    vm = VirtualMachine.objects.get(scope_key=scope.lower())
    made = SerialPort.objects.create(vm=vm, number=number, url="loop://")
    spool = Spool(Path(settings.SPOOL) / str(made.line_id), 1 << 30)
    spool.append(text.encode(), int(timezone.now().timestamp() * 1000))
    spool.close()


def power(scope: str, state: str) -> None:
    VirtualMachine.objects.filter(scope_key=scope.lower()).update(power_state=state)


def sight(scope: str, kind: str, offset: int | None = None) -> None:
    vm = VirtualMachine.objects.get(scope_key=scope.lower())
    line = vm.ports.get(number=0).line_id if offset is not None else None
    record_sighting(vm=vm, kind=kind, line_id=line, offset=offset, at=timezone.now())


def tag(scope: str, tags: dict[str, str]) -> None:
    VirtualMachine.objects.filter(scope_key=scope.lower()).update(tags=tags)


def group_of_people(tenant: str, name: str, description: str = "") -> str:
    home = Tenant.objects.get(id=tenant)
    return str(save_group(by=BY, tenant=home, group=Group(name=name, description=description)).id)


def switch(subscription: str, on: bool, reason: str) -> None:
    switch_console(by=BY, subscription=Subscription.objects.get(id=subscription), enabled=on, reason=reason)


def require_second_factor(tenant: str) -> None:
    change_tenant(by=BY, tenant=Tenant.objects.get(id=tenant), require_mfa=True)


ACTS = {
    act.__name__: act
    for act in (
        house,
        person,
        give,
        take_away,
        leave,
        power,
        printed,
        session,
        acted,
        port,
        sight,
        tag,
        group_of_people,
        switch,
        require_second_factor,
    )
}


def said(line: str) -> dict[str, Any]:
    asked = json.loads(line)
    try:
        return {"done": ACTS[asked["act"]](**asked["what"])}
    except Exception as problem:
        return {"problem": f"{asked['act']}: {problem!r}"}


for line in sys.stdin:
    print(json.dumps(said(line)), flush=True)
