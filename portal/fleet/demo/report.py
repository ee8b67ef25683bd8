"""Tells what the demonstration made: to people in aligned lines, to programs in var/demo.json, which only its owner reads."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.fleet.demo.people import Access
from portal.fleet.demo.world import World

Demo = dict[str, Any]
PRETENDED = "The machines are only pretended. On their consoles any user signs in with the password homeport."
REAL = "{count} machines are real guests under QEMU (docs/lab.md), the others pretended. On their consoles root and operator sign in with the password homeport."


@dataclass(frozen=True)
class Addresses:
    http: str
    https: str
    ca: str


def demo_of(world: World, access: Access, addresses: Addresses) -> Demo:
    tenants = [{"id": str(tenant.id), "name": tenant.name} for tenant in world.tenants.values()]
    subscriptions = [
        {"id": str(one.id), "name": one.name, "tenant": str(one.tenant_id)}
        for one in world.subscriptions.values()
    ]
    vms = [
        {
            "id": vm.scope,
            "name": vm.name,
            "resource_group": vm.resource_group.name,
            "subscription_id": str(vm.subscription_id),
            "os": vm.os,
            "state": vm.power_state,
        }
        for vm in world.vms.values()
    ]
    return {
        "http": addresses.http,
        "https": addresses.https,
        "ca": addresses.ca,
        "tenants": tenants,
        "users": access.users,
        "service_principals": access.service_principals,
        "subscriptions": subscriptions,
        "vms": vms,
    }


def write(path: Path, demo: Demo) -> None:
    """Never half a file, and never one that others can read."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(demo, file, ensure_ascii=False, indent=2)
        file.write("\n")
    draft.replace(path)


def refresh(path: Path, addresses: Addresses) -> bool:
    """The addresses may have changed since; False when there is no file to keep true."""
    if not path.exists():
        return False
    try:
        demo: Demo = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        return False
    write(path, {**demo, "http": addresses.http, "https": addresses.https, "ca": addresses.ca})
    return True


def lines(demo: Demo, path: Path) -> str:
    names = {tenant["id"]: tenant["name"] for tenant in demo["tenants"]}
    programs = [
        {
            "username": one["client_id"],
            "password": one["client_secret"],
            "may": f"{one['role']} · {_short(one['scope'], demo)} · {names[one['tenant']]}",
        }
        for one in demo["service_principals"]
    ]
    shown = path.relative_to(settings.BASE_DIR) if path.is_relative_to(settings.BASE_DIR) else path
    widths = _widths(demo["users"])
    text = [
        "A demonstration to try things on. The passwords are shown this once;",
        f"{shown} keeps them.",
        "",
    ]
    for tenant_id, name in [*names.items(), ("", "Platform staff")]:
        text += [name, *_table([user for user in demo["users"] if user["tenant"] == tenant_id], widths), ""]
    text += ["Programs (client id, secret)", *_table(programs, _widths(programs)), "", guests(demo["real"])]
    return "\n".join(text)


def guests(count: int) -> str:
    return REAL.format(count=count) if count else PRETENDED


def _short(scope: str, demo: Demo) -> str:
    known = {f"/tenants/{one['id']}": "everything" for one in demo["tenants"]}
    known |= {f"/subscriptions/{one['id']}": one["name"] for one in demo["subscriptions"]}
    return str(known.get(scope, scope))


def _widths(rows: list[dict[str, str]]) -> tuple[int, int]:
    return max(len(row["username"]) for row in rows), max(len(row["password"]) for row in rows)


def _table(rows: list[dict[str, str]], widths: tuple[int, int]) -> list[str]:
    first, second = widths
    return [f"  {row['username']:<{first}}  {row['password']:<{second}}  {row['may']}" for row in rows]
