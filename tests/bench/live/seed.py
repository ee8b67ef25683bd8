"""A tenant with one subscription and the machines that are asked for. In: JSON, {"name": {"url", "limit"}}. Out: their pages, and a signed-in session.

The person signs in without the page: a password check is not what is measured here.
"""

import json
import sys
from typing import Any

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402  needs the apps loaded
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import transaction  # noqa: E402

from accounts import principals, sign_ins  # noqa: E402
from accounts.models import RoleDefinition, SignIn, User  # noqa: E402
from accounts.roles import OWNER  # noqa: E402
from accounts.services.people import create_user  # noqa: E402
from accounts.services.roles import assign_role  # noqa: E402
from accounts.services.tenants import add_member, create_tenant  # noqa: E402
from portal.fleet.services.resources import add_vm, create_resource_group, create_subscription  # noqa: E402

BY = principals.system("bench")


@transaction.atomic
def seed(machines: dict[str, dict[str, Any]]) -> dict[str, Any]:
    tenant = create_tenant(by=BY, name="Bench", slug="bench")
    subscription = create_subscription(by=BY, tenant=tenant, name="bench")
    group = create_resource_group(by=BY, subscription=subscription, name="lines")
    found = {}
    for name, wish in machines.items():
        vm = add_vm(
            by=BY,
            group=group,
            name=name,
            os="Linux",
            serial_url=wish["url"],
            power_state="running",
            log_limit_bytes=wish["limit"],
        )
        found[name] = {"page": vm.console_url, "line": str(vm.ports.get().line_id)}
    user = create_user(by=BY, username="bench", password=None)
    add_member(by=BY, tenant=tenant, user=user)
    role = RoleDefinition.objects.get(id=OWNER.id)
    assign_role(
        by=BY, tenant=tenant, principal_kind="User", principal_id=user.id, role=role, scope=tenant.scope
    )
    return {"vms": found, "session": session_of(user)}


def session_of(user: User) -> str:
    sign_in = SignIn.objects.create(user=user, address="127.0.0.1", epoch=user.sign_in_epoch)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[sign_ins.SESSION_KEY] = str(sign_in.id)
    session.create()
    return str(session.session_key)


print(json.dumps(seed(json.loads(sys.stdin.readline()))), flush=True)
