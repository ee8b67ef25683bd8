"""The cast of every test of rights, and real guests among its machines. In: the guests as JSON, by name. Out: where they are, and cookies of people who signed in."""

import json
import sys
from typing import Any

import django
from django.conf import settings

django.setup()
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

from django.test import Client  # noqa: E402  needs the apps loaded

from portal.fleet.models import SerialPort, VirtualMachine  # noqa: E402
from portal.fleet.services.resources import add_vm  # noqa: E402
from tests import world as worlds  # noqa: E402

MIB = 1024 * 1024
PEOPLE = ("owner", "contributor", "watcher")


def furnish(guests: dict[str, dict[str, str]]) -> dict[str, object]:
    world = worlds.build()
    SerialPort.objects.update(enabled=False)
    for name, fields in guests.items():
        vm = add_vm(
            by=worlds.SYSTEM, group=world.group, name=name, os="Linux", power_state="deallocated", **fields
        )
        VirtualMachine.objects.filter(id=vm.id).update(log_limit_bytes=64 * MIB)
    worlds.give(world.people["contributor"], world.contoso, worlds.VM_CONTRIBUTOR, world.group.scope)
    made = VirtualMachine.objects.filter(name__in=guests)
    return {
        "vms": {vm.name: _told(vm) for vm in made},
        "cookies": {name: _signed_in(name) for name in PEOPLE},
    }


def _told(vm: VirtualMachine) -> dict[str, Any]:
    return {"page": vm.get_absolute_url(), "console": vm.console_url, "line": str(vm.ports.get().line_id)}


def _signed_in(name: str) -> str:
    client = Client(SERVER_NAME="localhost")
    answer = client.post("/sign-in/", {"username": name, "password": worlds.PASSWORD})
    assert answer.status_code == 302, answer.content
    return str(client.cookies["sessionid"].value)


print(json.dumps(furnish(json.loads(sys.argv[1]))))
